import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findCulprit, isCloneable } from "../../src/wire/Cloneable.ts"

/** A way into a value: what holds the next one, and how its path reads. */
type Step =
  | { readonly _tag: "Array"; readonly before: number }
  | { readonly _tag: "Object"; readonly key: string }
  | { readonly _tag: "Map"; readonly key: string }
  | { readonly _tag: "Set"; readonly before: number }

const key = fc.oneof(fc.stringMatching(/^[a-z]{1,6}$/), fc.constantFrom("a b", "1", '"', "on-click"))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ _tag: fc.constant("Array" as const), before: fc.nat({ max: 3 }) }),
  fc.record({ _tag: fc.constant("Object" as const), key }),
  fc.record({ _tag: fc.constant("Map" as const), key }),
  fc.record({ _tag: fc.constant("Set" as const), before: fc.nat({ max: 3 }) })
)

const fill = (n: number): Array<unknown> => Array.from({ length: n }, (_, index) => ({ index }))

const wrap = (step: Step, value: unknown): unknown => {
  switch (step._tag) {
    case "Array":
      return [...fill(step.before), value, "after"]
    case "Object":
      return { first: [1, 2], [step.key]: value }
    case "Map":
      return new Map<unknown, unknown>([
        ["first", { fine: true }],
        [step.key, value]
      ])
    case "Set":
      return new Set([...fill(step.before), value])
  }
}

/** Follows a path as a reader of the message would. */
const follow = (root: unknown, path: string): unknown => {
  const read = new Function("root", `return ${path.replaceAll(/\.(keys|values)\(\)\[(\d+)\]/g, ".$1().toArray()[$2]")}`)
  return read(root)
}

const cloneable = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true })
const uncloneable = fc.constantFrom<unknown>(
  () => 1,
  Symbol("no"),
  function named() {},
  new WeakMap(),
  Promise.resolve(1),
  new Proxy({}, {})
)

describe("the culprit of a value that cannot be cloned", () => {
  it("is found wherever it is, and its path leads to it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), uncloneable, (steps, leaf) => {
        const root = steps.reduceRight<unknown>((value, step) => wrap(step, value), leaf)
        if (isCloneable(root)) return // some runtimes clone an empty proxy
        const culprit = findCulprit(root, "root")
        expect(culprit).toBeDefined()
        expect(follow(root, culprit?.path ?? "undefined")).toBe(leaf)
        expect(culprit?.description).not.toBe("")
      }),
      { numRuns: 1000 }
    )
  })

  it("is found exactly when a clone fails", () => {
    fc.assert(
      fc.property(fc.oneof(cloneable, fc.tuple(cloneable, uncloneable), uncloneable), (value) => {
        expect(findCulprit(value, "args") === undefined).toBe(isCloneable(value))
      }),
      { numRuns: 1000 }
    )
  })

  it("never makes trouble of its own", () => {
    const trap = Object.defineProperty({}, "sprung", {
      enumerable: true,
      get: () => {
        throw new Error("sprung")
      }
    })
    const cycle: Record<string, unknown> = {}
    cycle["self"] = cycle
    expect(findCulprit(trap, "args")).toMatchObject({ path: "args" })
    expect(findCulprit(cycle, "args")).toBeUndefined()
    expect(findCulprit({ ...cycle, late: () => 1 }, "args[0]")).toMatchObject({ path: "args[0].late" })
  })
})
