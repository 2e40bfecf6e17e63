/**
 * Frames that were posted and cannot be read at the other end: only what cannot be read fails, and nothing is lost,
 * doubled or out of order.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Actor, WorkerBackend } from "../../src/index.ts"
import type marked from "../adapters/marked.adapter.ts"
import type { Marked } from "../adapters/marked.adapter.ts"
import * as SimulatedBackend from "./SimulatedBackend.ts"

const isUnreadable = (message: unknown): boolean =>
  Array.isArray(message) &&
  message.some(
    (value: unknown) => typeof value === "object" && value !== null && "readable" in value && !value.readable
  )

const adapter = new URL("../adapters/marked.adapter.ts", import.meta.url)

/** What is called, and whether what goes in and out can be read. */
type Call =
  | { readonly _tag: "take" | "give" | "giveLater"; readonly readable: boolean }
  | { readonly _tag: "items" | "read"; readonly readable: ReadonlyArray<boolean> }
  | { readonly _tag: "ask"; readonly asked: boolean; readonly answered: boolean }

const readable = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ _tag: fc.constantFrom("take" as const, "give" as const, "giveLater" as const), readable }),
  fc.record({
    _tag: fc.constantFrom("items" as const, "read" as const),
    readable: fc.array(readable, { maxLength: 6, size: "max" })
  }),
  fc.record({ _tag: fc.constant("ask" as const), asked: readable, answered: readable })
)

/** The numbers before the first value that cannot be read; a last -1 if there is one. */
const upTo = (readable: ReadonlyArray<boolean>): ReadonlyArray<number> => {
  const broken = readable.indexOf(false)
  return broken < 0 ? [...readable.keys()] : [...readable.slice(0, broken).keys(), -1]
}

/** What a caller sees: a value, or where something could not be read. */
const expected = (call: Call, n: number): unknown => {
  switch (call._tag) {
    case "take":
      return call.readable ? n : "argument"
    case "give":
    case "giveLater":
      return call.readable ? { n, readable: true } : "result"
    case "ask":
      return call.asked && call.answered ? n : -1
    case "read":
      return upTo(call.readable).join()
    case "items":
      return upTo(call.readable)
  }
}

const make = (call: Call, n: number, actor: Actor.Shape<typeof marked>): Effect.Effect<unknown, unknown> => {
  switch (call._tag) {
    case "take":
      return actor.take({ n, readable: call.readable })
    case "give":
    case "giveLater":
      return actor[call._tag](n, call.readable)
    case "ask":
      return actor.ask(
        call.asked,
        Actor.callback((_value: Marked) => ({ n, readable: call.answered }))
      )
    case "read": {
      const values = call.readable.map((readable, n): Marked => ({ n, readable }))
      // items of one message fail together
      return actor.read(Stream.rechunk(Stream.fromIterable(values), 1))
    }
    case "items": {
      const items: Array<number> = []
      return Stream.runForEach(actor.items(call.readable), ({ n }) => Effect.sync(() => items.push(n))).pipe(
        Effect.catchTag("SerializationError", () => Effect.sync(() => items.push(-1))),
        Effect.as(items)
      )
    }
  }
}

describe("frames that cannot be read", () => {
  // one for which there is no memory, say
  const tooLong = "too longtoo long"
  const forgetful = SimulatedBackend.make(1, (message) => Array.isArray(message) && message.includes(tooLong))
  const makeActor = Actor.make<typeof marked>("Marked", { adapter, size: 1, restart: { intensity: 1, minBackoff: 1 } })

  it("and hold nothing but primitive values end their worker, so that all calls are settled", async () => {
    const program = Effect.gen(function* () {
      const actor = yield* makeActor
      const lost = yield* Effect.flip(actor.repeat("too long", 2).pipe(Effect.timeout(10_000)))
      expect(lost).toMatchObject({ _tag: "WorkerLost" })
      expect(yield* actor.length("short")).toBe(5)
    }).pipe(Effect.scoped, Effect.provideService(WorkerBackend.WorkerBackend, forgetful.backend))
    await Effect.runPromise(program)
  })

  it("by any worker fail the pool, not its callers' patience", async () => {
    const program = Effect.gen(function* () {
      const actor = yield* makeActor
      const failed = yield* Effect.flip(actor.length(tooLong).pipe(Effect.timeout(10_000)))
      expect(failed).toMatchObject({ _tag: "PoolFailed" })
    }).pipe(Effect.scoped, Effect.provideService(WorkerBackend.WorkerBackend, forgetful.backend))
    await Effect.runPromise(program)
  })

  it("cost what cannot be read, and nothing else", { timeout: 120_000 }, async () => {
    const { backend } = SimulatedBackend.make(2, isUnreadable)
    const program = (calls: ReadonlyArray<Call>, size: number, concurrency: number) =>
      Effect.gen(function* () {
        const actor = yield* Actor.make<typeof marked>("Marked", {
          adapter,
          size,
          concurrency,
          restart: { intensity: 0 }
        })
        // twice: what was learned of the service time then sends more calls ahead
        for (let round = 0; round < 2; round++) {
          const fibers = yield* Effect.forEach(calls, (call, n) =>
            Effect.forkDetach(make(call, n, actor), { startImmediately: true })
          )
          for (const [n, fiber] of fibers.entries()) {
            const exit = yield* Effect.timeout(Fiber.await(fiber), 10_000)
            const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
            const seen = Exit.isSuccess(exit) ? exit.value : reason?._tag === "Fail" ? reason.error : reason
            const wanted = expected(calls[n] as Call, n) // one fiber for each call
            if (wanted === "argument" || wanted === "result") {
              expect(seen).toMatchObject({ _tag: "SerializationError", direction: wanted })
            } else expect(seen).toEqual(wanted)
          }
        }
        const stats = yield* Actor.stats(actor)
        expect(stats.workers.map(({ outstanding }) => outstanding)).toEqual(stats.workers.map(() => 0))
        expect(stats.submitted).toBe(stats.succeeded + stats.failed)
      }).pipe(Effect.scoped, Effect.provideService(WorkerBackend.WorkerBackend, backend))
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 12, size: "max" }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 8 }),
        (calls, size, concurrency) => Effect.runPromise(program(calls, size, concurrency))
      ),
      {
        numRuns: 1500,
        examples: [
          // two items of one stream, and another call in the same frame
          [
            [
              { _tag: "items", readable: [false, false] },
              { _tag: "take", readable: true }
            ],
            1,
            1
          ],
          // what could not be read was reported in a frame that could not be read
          [
            [
              { _tag: "ask", asked: true, answered: true },
              { _tag: "items", readable: [] },
              { _tag: "read", readable: [false] },
              { _tag: "items", readable: [] },
              { _tag: "items", readable: [false] },
              { _tag: "ask", asked: false, answered: true }
            ],
            1,
            2
          ]
        ]
      }
    )
  })
})
