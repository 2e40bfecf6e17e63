/**
 * Functions and streams of the main side, as laws: every question is answered once, with its own answer or its own
 * failure, and every stream arrives whole and in order - however many calls, chunks, delays and failures there are.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Actor } from "../../src/index.ts"
import { askWindow, streamWindow } from "../../src/wire/Frame.ts"
import { InputStream } from "../../src/worker/InputStream.ts"
import type live from "../adapters/live.adapter.ts"
import { adapter, inline, run, thread } from "../conformance/target.ts"

const parent = {
  note: () => undefined,
  twice: (n: number) => 2 * n,
  fail: () => Effect.die("no"),
  wait: () => Effect.void
}

const makeLive = Actor.make<typeof live>("Live", {
  adapter: adapter("live.adapter.ts"),
  size: 1,
  concurrency: 3,
  parent
})

/** How the function of one call behaves. */
const behaviour = fc.record({
  count: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: askWindow - 2, max: 2 * askWindow + 2 })),
  factor: fc.integer(),
  /** Every n-th answer comes later, every m-th is a failure. */
  later: fc.integer({ min: 1, max: 9 }),
  fails: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  atOnce: fc.boolean()
})

const chunks = fc.array(fc.array(fc.integer(), { minLength: 1, maxLength: 2 * streamWindow }), { maxLength: 6 })

for (const target of [thread, inline]) {
  describe(`on ${target.name}`, () => {
    it("every question gets its own answer", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 6 }), (behaviours) =>
          run(
            target,
            Effect.gen(function* () {
              const actor = yield* makeLive
              const asked = behaviours.map(() => 0)
              const results = yield* Actor.forEach(
                behaviours.entries(),
                ([at, { atOnce, count, factor, fails, later }]) => {
                  const answer = (n: number): Effect.Effect<number, Error> => {
                    asked[at] = (asked[at] ?? 0) + 1
                    if (n === fails) return Effect.fail(new Error(`failed on ${n}`))
                    return n % later === 0 ? Effect.as(Effect.yieldNow, n * factor) : Effect.succeed(n * factor)
                  }
                  const numbers = Array.from({ length: count }, (_, index) => index + 1)
                  return atOnce
                    ? actor.mapAtOnce(numbers, Actor.callback(answer))
                    : actor.map(numbers, Actor.callback(answer))
                },
                { mode: "result" }
              )
              for (const [at, result] of results.entries()) {
                const { count, factor, fails } = behaviours[at] ?? { count: 0, factor: 0, fails: 0 }
                if (fails !== undefined && fails <= count) {
                  expect(Result.isFailure(result) && result.failure.message).toBe(`failed on ${fails}`)
                } else {
                  const numbers = Array.from({ length: count }, (_, index) => (index + 1) * factor)
                  expect(Result.isSuccess(result) && result.success).toEqual(numbers)
                  expect(asked[at]).toBe(count)
                }
              }
              expect((yield* Actor.stats(actor)).refused).toBe(0)
            })
          )
        ),
        { numRuns: 15 }
      )
    })

    it("every stream arrives whole and in order, and goes no further than it is read", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(chunks, fc.nat(300)), { minLength: 1, maxLength: 4 }), (streams) =>
          run(
            target,
            Effect.gen(function* () {
              const actor = yield* makeLive
              const streamOf = (parts: ReadonlyArray<ReadonlyArray<number>>): Stream.Stream<number> =>
                Stream.flattenIterable(Stream.fromIterable(parts))
              const all = yield* Actor.forEach(streams, ([parts]) => actor.collect(streamOf(parts)))
              expect(all).toEqual(streams.map(([parts]) => parts.flat()))
              const first = yield* Actor.forEach(streams, ([parts, count]) => actor.first(count + 1, streamOf(parts)))
              expect(first).toEqual(streams.map(([parts, count]) => parts.flat().slice(0, count + 1)))
              expect((yield* Actor.stats(actor)).refused).toBe(0)
            })
          )
        ),
        { numRuns: 15 }
      )
    })
  })
}

describe("an input stream", () => {
  it("gives credit for what is read, never more than a window, and loses nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant("read" as const), fc.nat(streamWindow)), { maxLength: 200 }),
        fc.boolean(),
        async (steps, fails) => {
          let credit = 0
          let sent = 0
          let position = 0
          const stream = new InputStream((count) => (credit += count))
          const reads: Array<Promise<IteratorResult<unknown, undefined>>> = []
          for (const step of steps) {
            if (step === "read") reads.push(stream.next())
            else {
              const items = Array.from({ length: Math.min(step, credit) }, () => ++sent)
              credit -= items.length
              expect(stream.push(position++, items)).toBe(true)
            }
            expect(credit).toBeLessThanOrEqual(streamWindow)
            expect(
              stream.push(
                position,
                Array.from({ length: credit + 1 }, () => "too much")
              )
            ).toBe(false)
          }
          stream.end(fails ? { error: new Error("ran dry") } : undefined)
          const results = await Promise.allSettled(reads)
          const values = results.map((result) =>
            result.status === "rejected" ? "failed" : (result.value.value ?? "done")
          )
          const read = Math.min(sent, reads.length)
          const ends = Array.from({ length: reads.length - read }, (_, index) =>
            fails && index === 0 ? "failed" : "done"
          )
          expect(values).toEqual([...Array.from({ length: read }, (_, index) => index + 1), ...ends])
        }
      ),
      { numRuns: 500 }
    )
  })
})
