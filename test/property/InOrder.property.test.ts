import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { streamWindow } from "../../src/wire/Frame.ts"
import { InOrder } from "../../src/wire/InOrder.ts"

describe("messages of a stream", () => {
  it("are handed on once and in order, however late some of them come", () => {
    const order = fc
      .nat(streamWindow)
      .chain((count) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }))
    fc.assert(
      fc.property(order, fc.infiniteStream(fc.boolean()), (positions, again) => {
        const taken: Array<number> = []
        const inOrder = new InOrder<number>((message) => taken.push(message))
        const had = new Set<number>()
        for (const position of positions) {
          expect(inOrder.take(position, position)).toBe(true)
          had.add(position)
          // nothing is handed on before what comes first has come
          const gap = [...Array(positions.length + 1).keys()].find((at) => !had.has(at))
          expect(taken).toEqual([...Array(gap).keys()])
          if (again.next().value) expect(inOrder.take(position, -1)).toBe(false)
        }
        expect(taken).toEqual([...Array(positions.length).keys()])
      }),
      { numRuns: 1000 }
    )
  })

  it.each([-1, 0.5, Number.NaN, streamWindow + 1, 2 ** 53, "0", undefined, null, {}])("cannot be at %s", (position) => {
    const inOrder = new InOrder<number>(() => expect.unreachable())
    expect(inOrder.take(position, 1)).toBe(false)
  })
})
