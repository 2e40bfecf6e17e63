import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { over } from "../../src/memory/Atomic.ts"
import * as Claims from "../../src/memory/Claims.ts"

const cell = fc.oneof(fc.nat({ max: Claims.cells - 1 }), fc.constantFrom(0, 1, Claims.cells - 2, Claims.cells - 1))

/** Generations anywhere, and often where a word changes its sign or its generation starts again. */
const generation = fc.oneof(
  fc.nat({ max: Claims.generations - 1 }),
  fc
    .tuple(fc.constantFrom(0, 2 ** 28, 2 ** 29, 2 ** 30), fc.integer({ min: -3, max: 3 }))
    .map(([near, offset]) => (near + offset + Claims.generations) % Claims.generations)
)

/** How main and host bring a cell into each of its states; the last of them is what the cell then holds. */
const roads = {
  unstarted: [Claims.open],
  started: [Claims.open, Claims.start],
  revoked: [Claims.open, Claims.revoke],
  cancelled: [Claims.open, Claims.start, Claims.cancel]
}

const wordOf = (id: number, state: keyof typeof roads): number => {
  const buffer = new SharedArrayBuffer(Claims.bytes)
  const claims = over(buffer)
  for (const go of roads[state]) go(claims, id)
  return claims.load(Claims.cell(id))
}

describe("ids", () => {
  it("name their cell and generation, as safe integers", () => {
    fc.assert(
      fc.property(cell, generation, (cell, generation) => {
        const id = Claims.id(cell, generation)
        expect(Number.isSafeInteger(id) && id >= 0).toBe(true)
        expect(Claims.cell(id)).toBe(cell)
        expect((id - cell) / Claims.cells).toBe(generation)
      })
    )
  })

  it("start again after the last generation", () => {
    fc.assert(
      fc.property(cell, generation, (cell, generation) => {
        expect(Claims.id(cell, generation + Claims.generations)).toBe(Claims.id(cell, generation))
      })
    )
  })

  it("reach every word of the memory, and no other", () => {
    const claims = over(new SharedArrayBuffer(Claims.bytes))
    for (let cell = 0; cell < Claims.cells; cell++) Claims.open(claims, Claims.id(cell, cell + 1))
    for (let cell = 0; cell < Claims.cells; cell++) {
      expect(Claims.start(claims, Claims.id(cell, cell + 1))).toBe(true)
    }
  })
})

describe("words", () => {
  const states = Object.keys(roads) as ReadonlyArray<keyof typeof roads> // `keys` forgets that these are the keys.

  it("of one cell differ when generation or state do", () => {
    const place = fc.tuple(generation, fc.constantFrom(...states))
    fc.assert(
      fc.property(cell, place, place, (cell, [generation, state], [other, otherState]) => {
        const same = generation === other && state === otherState
        expect(wordOf(Claims.id(cell, generation), state) === wordOf(Claims.id(cell, other), otherState)).toBe(same)
      })
    )
  })

  it("are all different around the sign bit and the end of the generations", () => {
    const near = [0, 2 ** 29, 2 ** 30].flatMap((at) => [-2, -1, 0, 1, 2].map((offset) => at + offset))
    const generations = new Set(near.map((at) => (at + Claims.generations) % Claims.generations))
    const words = [...generations].flatMap((generation) =>
      states.map((state) => wordOf(Claims.id(5, generation), state))
    )
    // 2^30 is generation 0 again, so that five of the fifteen fall together.
    expect(generations.size).toBe(10)
    expect(new Set(words).size).toBe(40)
    expect(words.some((word) => word < 0) && words.some((word) => word > 0)).toBe(true)
  })
})

describe("operations", () => {
  type State = keyof typeof roads
  type Cell = { generation: number; state: State }

  /** The claims as a specification: one record per cell, and what each operation answers and does. */
  const specification = {
    open: (known: Map<number, Cell>, cell: number, generation: number): undefined => {
      known.set(cell, { generation, state: "unstarted" })
    },
    start: (known: Map<number, Cell>, cell: number, generation: number): boolean =>
      change(known, cell, generation, "unstarted", "started"),
    revoke: (known: Map<number, Cell>, cell: number, generation: number): boolean =>
      change(known, cell, generation, "unstarted", "revoked"),
    cancel: (known: Map<number, Cell>, cell: number, generation: number): boolean =>
      change(known, cell, generation, "started", "cancelled"),
    isCancelled: (known: Map<number, Cell>, cell: number, generation: number): boolean => {
      const found = known.get(cell)
      return !(found?.generation === generation && found.state === "started")
    }
  }
  const change = (known: Map<number, Cell>, cell: number, generation: number, from: State, to: State): boolean => {
    const found = known.get(cell)
    if (found?.generation !== generation || found.state !== from) return false
    found.state = to
    return true
  }

  it("agree with their specification, on shared memory, whatever their order", () => {
    // Few cells and generations, so that old and new ids of one cell meet often.
    const sequence = generation.chain((first) =>
      fc.array(
        fc.record({
          operation: fc.constantFrom("open", "start", "revoke", "cancel", "isCancelled"),
          cell: fc.constantFrom(0, 1, Claims.cells - 1),
          generation: fc.constantFrom(first, (first + 1) % Claims.generations)
        }),
        // Long ones throughout, as `met` below must not depend on luck.
        { minLength: 30, maxLength: 60, size: "max" }
      )
    )
    const met = new Set<string>()
    fc.assert(
      fc.property(sequence, (sequence) => {
        const claims = over(new SharedArrayBuffer(Claims.bytes))
        const known = new Map<number, Cell>()
        for (const { operation, cell, generation } of sequence) {
          // Fresh memory reads as generation 0, unstarted, which the last test states on its own.
          if (operation !== "open" && !known.has(cell)) continue
          const expected = specification[operation](known, cell, generation)
          expect(Claims[operation](claims, Claims.id(cell, generation))).toBe(expected)
          met.add(`${operation} ${expected}`)
        }
      }),
      { numRuns: 300 }
    )
    const both = ["start", "revoke", "cancel", "isCancelled"].flatMap((name) => [`${name} true`, `${name} false`])
    expect([...met].sort()).toEqual([...both, "open undefined"].sort())
  })

  it("leave every other cell as it was", () => {
    fc.assert(
      fc.property(
        cell,
        generation,
        fc.array(fc.constantFrom("open", "start", "revoke", "cancel", "isCancelled"), { maxLength: 8 }),
        fc.nat(),
        (cell, generation, operations, seed) => {
          const buffer = new SharedArrayBuffer(Claims.bytes)
          const words = new Int32Array(buffer).map((_, at) => Math.imul(at + seed, 0x9e3779b1))
          new Int32Array(buffer).set(words)
          for (const operation of operations) Claims[operation](over(buffer), Claims.id(cell, generation))
          const changed = [...new Int32Array(buffer)].flatMap((word, at) => (word === words[at] ? [] : [at]))
          expect(changed.filter((at) => at !== cell)).toEqual([])
        }
      ),
      { numRuns: 50 }
    )
  })

  it("find generation 0 open in fresh memory, so that the first generation in use has to be another", () => {
    const claims = over(new SharedArrayBuffer(Claims.bytes))
    fc.assert(
      fc.property(cell, generation, (cell, generation) => {
        fc.pre(generation !== 0)
        expect(Claims.start(claims, Claims.id(cell, generation))).toBe(false)
        expect(Claims.revoke(claims, Claims.id(cell, generation))).toBe(false)
      })
    )
    expect(Claims.start(claims, Claims.id(0, 0))).toBe(true)
  })
})
