import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { ActorError } from "../../../src/index.ts"
import type { ThrownKind } from "../../adapters/thrown.ts"
import { type AddRow, makeProbe, type Probe, type Target } from "../setup.ts"

/** What both a method that throws and one that rejects say, which must be the same. */
const thrownBy = (probe: Probe, kind: ThrownKind): Effect.Effect<ActorError.MethodError> =>
  Effect.gen(function* () {
    const [thrown, rejected] = [yield* Effect.flip(probe.throws(kind)), yield* Effect.flip(probe.rejects(kind))]
    if (thrown._tag !== "MethodError" || rejected._tag !== "MethodError") throw thrown
    expect(rejected.message).toBe(thrown.message)
    expect(rejected.cause).toEqual(thrown.cause)
    return thrown
  }).pipe(Effect.orDie)

export const errors = (_target: Target, row: AddRow): void => {
  row("an error keeps its name, message, code, _tag, fields and chain of causes", () =>
    Effect.gen(function* () {
      const error = yield* thrownBy(yield* makeProbe(), "notFound")
      expect(error).toMatchObject({ actor: "Probe", method: "throws", worker: "Probe#0", message: "no such page" })
      expect(error.cause).toBeInstanceOf(Error)
      expect(error.cause).toMatchObject({
        name: "NotFound",
        message: "no such page",
        code: "E_NOT_FOUND",
        _tag: "NotFound",
        details: { tried: ["a", "b"] }
      })
      const middle = (error.cause as Error).cause // an instance of Error, as expected above
      expect(middle).toBeInstanceOf(Error)
      expect(middle).toMatchObject({ name: "TypeError", message: "middle" })
      expect((middle as Error).cause).toMatchObject({ name: "RangeError", message: "root" }) // the same
      expect(Object.keys(error.cause as Error).sort()).toEqual(["_tag", "code", "details"]) // the same
    })
  )

  row("an error's stack is the worker's, and mentions the adapter's files", () =>
    Effect.gen(function* () {
      const { cause } = yield* thrownBy(yield* makeProbe(), "notFound")
      const stack = cause instanceof Error ? cause.stack : undefined
      expect(stack).toContain("thrown.ts")
      expect(stack).toContain("probe.ts")
    })
  )

  row("an AggregateError keeps its errors", () =>
    Effect.gen(function* () {
      const { cause } = yield* thrownBy(yield* makeProbe(), "aggregate")
      expect(cause).toMatchObject({ name: "AggregateError", message: "several" })
      const errors = cause instanceof AggregateError ? cause.errors : []
      expect(errors).toHaveLength(3)
      expect(errors[0]).toMatchObject({ name: "TypeError", message: "one" })
      expect(errors[1]).toBe("two")
      expect(errors[2]).toMatchObject({ name: "NotFound", _tag: "NotFound" })
    })
  )

  row("fields that are errors stay errors, and fields that cannot be cloned are left out", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const outer = yield* thrownBy(probe, "errorField")
      expect(outer.cause).toMatchObject({ message: "outer", inner: { name: "TypeError", message: "inner" } })
      const { cause } = yield* thrownBy(probe, "functionField")
      expect(cause).toMatchObject({ message: "outer", kept: 1 })
      expect(cause).not.toHaveProperty("retry")
    })
  )

  row("a chain of causes that never ends is cut", () =>
    Effect.gen(function* () {
      const { cause } = yield* thrownBy(yield* makeProbe(), "cycle")
      let length = 0
      for (let link: unknown = cause; link instanceof Error; link = link.cause) length++
      expect(length).toBeGreaterThan(8)
      expect(length).toBeLessThan(32)
    })
  )

  const values = [
    ["string", "plain text", "plain text"],
    ["number", 42, "42"],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["object", { status: 404, nested: { list: [1, 2] } }, "[object Object]"]
  ] as const
  for (const [kind, value, message] of values) {
    row(`a method may throw what is not an error: ${kind}`, () =>
      Effect.gen(function* () {
        const error = yield* thrownBy(yield* makeProbe(), kind)
        expect(error.cause).toEqual(value)
        expect(error.message).toBe(message)
      })
    )
  }

  const described = [
    ["function", "[function lost]"],
    ["symbol", "Symbol(lost)"],
    ["proxy", "[a thrown value that cannot be described]"],
    ["hostileGetter", "hostile"],
    ["hostileMessage", ""]
  ] as const
  for (const [kind, message] of described) {
    row(`what cannot be cloned arrives as an error that describes it: ${kind}`, () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const error = yield* thrownBy(probe, kind)
        expect(error.cause).toBeInstanceOf(Error)
        expect([error.message, (error.cause as Error).message]).toEqual([message, message]) // an Error, see above
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  }

  row("an object without a prototype can be thrown", () =>
    Effect.gen(function* () {
      const error = yield* thrownBy(yield* makeProbe(), "withoutPrototype")
      expect(error.cause).toEqual({ status: 500 })
    })
  )
}
