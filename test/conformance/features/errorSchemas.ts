import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor, ActorError } from "../../../src/index.ts"
import type declared from "../../adapters/declared.adapter.ts"
import { Denied, NotFound } from "../../adapters/declared.ts"
import { adapter, type AddRow, type Target } from "../setup.ts"

type Declared = typeof declared

const make = <E>(errors: Actor.Options<Declared, E>["errors"]) =>
  Actor.make<Declared, E>("Declared", {
    adapter: adapter("declared.adapter.ts"),
    size: 1,
    ...(errors === undefined ? {} : { errors })
  })

/** A Schema that has no answer at once. */
const slow = Schema.Struct({
  _tag: Schema.Literal("NotFound"),
  key: Schema.String.pipe(
    Schema.decode({
      decode: SchemaGetter.checkEffect<string>(() => Effect.as(Effect.sleep("1 milli"), undefined)),
      encode: SchemaGetter.passthrough()
    })
  )
})

export const errorSchemas = (target: Target, row: AddRow): void => {
  row("an error that is declared comes back as an instance of its class, decoded", () =>
    Effect.gen(function* () {
      const actor = yield* make(Schema.Union([NotFound, Denied]))
      for (const call of [actor.find("page"), actor.findLater("page")]) {
        const error = yield* Effect.flip(call)
        expect(error).toBeInstanceOf(NotFound)
        // an instance, as expected above
        const found = error as NotFound
        expect([found.shouted, DateTime.toEpochMillis(found.at)]).toEqual(["PAGE", 1000])
      }
      const shouted = yield* Effect.catchTag(actor.find("page"), "NotFound", (error) => Effect.succeed(error.shouted))
      expect(shouted).toBe("PAGE")
    })
  )

  row("an error of Effect's own kind is recognised by its tag", () =>
    Effect.gen(function* () {
      const actor = yield* make(Schema.Union([NotFound, Denied]))
      const error = yield* Effect.flip(actor.open("guest"))
      expect(error).toBeInstanceOf(Denied)
      expect(error).toMatchObject({ user: "guest" })
    })
  )

  row("what is not declared, or does not decode, stays a MethodError", () =>
    Effect.gen(function* () {
      const actor = yield* make(NotFound)
      for (const call of [actor.open("guest"), actor.findOddly("page")]) {
        expect(yield* Effect.flip(call)).toBeInstanceOf(ActorError.MethodError)
      }
      const undeclared = yield* make(undefined)
      expect(yield* Effect.flip(undeclared.find("page"))).toBeInstanceOf(ActorError.MethodError)
    })
  )

  row("a Schema that cannot decode at once declares nothing", () =>
    Effect.gen(function* () {
      const actor = yield* make(slow)
      expect(yield* Effect.flip(actor.find("page"))).toBeInstanceOf(ActorError.MethodError)
      expect(yield* Effect.flip(actor.find("page"))).toMatchObject({ message: "no page" })
    })
  )

  if (target.link === "frames") {
    row("a stream fails with a declared error too", () =>
      Effect.gen(function* () {
        const actor = yield* make(NotFound)
        const seen: Array<number> = []
        const run = Stream.runForEach(actor.list(), (n) => Effect.sync(() => seen.push(n)))
        expect(yield* Effect.flip(run)).toBeInstanceOf(NotFound)
        expect(seen).toEqual([1])
      })
    )
  }

  row("a failed call counts once, and the worker goes on", () =>
    Effect.gen(function* () {
      const actor = yield* make(NotFound)
      yield* Effect.exit(actor.find("page"))
      yield* Effect.exit(actor.find("page"))
      expect(yield* Actor.stats(actor)).toMatchObject({ submitted: 2, failed: 2, succeeded: 0 })
    })
  )
}
