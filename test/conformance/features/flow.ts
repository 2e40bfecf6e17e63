import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { pipe } from "effect/Function"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Target, until, untilStats } from "../setup.ts"

/** Numbers from 0 up, one per chunk or many; notes how far it was read and that it was closed. */
const counting = (to: number, chunk: number) => {
  const seen = { reads: 0, closed: false }
  const numbers = Stream.fromIterable(Array.from({ length: to }).keys(), { chunkSize: chunk }).pipe(
    Stream.mapEffect((n) =>
      Effect.sync(() => {
        seen.reads++
        return n
      })
    ),
    Stream.ensuring(
      Effect.sync(() => {
        seen.closed = true
      })
    )
  )
  return { numbers, seen }
}

export const flow = (_target: Target, row: AddRow): void => {
  for (const chunk of [1, 7, 1000]) {
    row(`a stream of inputs becomes a stream of outputs in their order (chunks of ${chunk})`, () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe({ size: 2 })
        const { numbers, seen } = counting(600, chunk)
        const outputs = yield* Stream.runCollect(Actor.stream(numbers, (n) => probe.add(n, 1), { inFlight: 50 }))
        expect(outputs).toEqual(Array.from({ length: 600 }, (_, n) => n + 1))
        expect(seen).toEqual({ reads: 600, closed: true })
        expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 600, succeeded: 600 })
      })
    )
  }

  row("an empty stream stays empty, and calls nothing", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const outputs = yield* pipe(
        Stream.empty,
        Actor.stream((n: number) => probe.add(n, 1)),
        Stream.runCollect
      )
      expect(outputs).toEqual([])
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 0 })
    })
  )

  row("with order by completion, an output does not wait for the ones before it", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      // the first input is held back on the main side until the second one's output was seen
      const seen: Array<number> = []
      yield* Actor.stream(
        Stream.make(0, 1),
        (n) =>
          n === 0
            ? Effect.andThen(
                Effect.promise(() => Board.until(board, "released", 1)),
                probe.add(0, 0)
              )
            : probe.add(1, 0),
        { order: "completion" }
      ).pipe(
        Stream.runForEach((n) =>
          Effect.sync(() => {
            seen.push(n)
            Board.add(board, "released", 1)
          })
        )
      )
      expect(seen).toEqual([1, 0])
    })
  )

  row("a slow consumer stops the calls and the input: no more than inFlight are ahead", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      for (const order of ["input", "completion"] as const) {
        const { numbers, seen } = counting(100, 1)
        let taken = 0
        yield* Actor.stream(numbers, (n) => probe.add(n, 1), { inFlight: 5, order }).pipe(
          Stream.runForEach(() =>
            Effect.gen(function* () {
              taken++
              // whatever was read is given time to be more than it may
              yield* probe.add(0, 0)
              // outputs of one turn are taken together, and the reader holds one more
              expect(seen.reads - taken).toBeLessThanOrEqual(2 * 5 + 1)
            })
          )
        )
        expect([seen.reads, taken]).toEqual([100, 100])
      }
    })
  )

  row("a failure ends the stream after the outputs before it, and gives up the rest", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const { numbers, seen } = counting(1000, 1)
      const outputs: Array<number> = []
      const exit = yield* Actor.stream(
        numbers,
        (n): Effect.Effect<number, unknown> =>
          n === 2 ? probe.throws("notFound").pipe(Effect.as(0)) : n < 2 ? probe.add(n, 0) : probe.touch(board),
        { inFlight: 4 }
      ).pipe(
        Stream.runForEach((n) => Effect.sync(() => outputs.push(n))),
        Effect.exit
      )
      expect(Exit.isFailure(exit) && Cause.findErrorOption(exit.cause)).toMatchObject({
        value: { _tag: "MethodError" }
      })
      expect(outputs).toEqual([0, 1])
      expect(seen.closed).toBe(true)
      expect(seen.reads).toBeLessThan(20)
      yield* untilStats(probe, (stats) => stats.submitted === stats.succeeded + stats.failed + stats.interrupted)
      expect(yield* probe.add(1, 1)).toBe(2)
    })
  )

  row('with mode "result", every input has an outcome, and the stream goes on', () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const outputs = yield* Actor.stream(
        Stream.range(0, 9),
        (n): Effect.Effect<number, unknown> =>
          n % 3 === 0 ? probe.throws("notFound").pipe(Effect.as(0)) : probe.add(n, 0),
        { mode: "result" }
      ).pipe(Stream.runCollect)
      expect(outputs.map((output) => (Result.isSuccess(output) ? output.success : "failed"))).toEqual([
        "failed",
        1,
        2,
        "failed",
        4,
        5,
        "failed",
        7,
        8,
        "failed"
      ])
    })
  )

  row("a failure of the input comes after the outputs of what was read", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const outputs: Array<number> = []
      const failing = Stream.concat(Stream.make(1, 2, 3), Stream.fail("no more" as const))
      const error = yield* Actor.stream(failing, (n) => probe.add(n, 0)).pipe(
        Stream.runForEach((n) => Effect.sync(() => outputs.push(n))),
        Effect.flip
      )
      expect(error).toBe("no more")
      expect(outputs).toEqual([1, 2, 3])
    })
  )

  row("a consumer that has enough ends the input, and calls that wait never run", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const { numbers, seen } = counting(1000, 1)
      const outputs = yield* Actor.stream(numbers, (n) => (n === 0 ? probe.add(0, 7) : probe.hold(board)), {
        inFlight: 8
      }).pipe(Stream.take(1), Stream.runCollect)
      expect(outputs).toEqual([7])
      expect(seen.closed).toBe(true)
      Board.add(board, "released", 8)
      yield* untilStats(probe, (stats) => stats.waiting === 0 && stats.workers[0]?.outstanding === 0)
      expect(Board.read(board, "entered")).toBeLessThanOrEqual(1)
    })
  )

  row("an interrupted consumer interrupts what runs", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const run = yield* fork(Actor.stream(Stream.make(1, 2, 3), () => probe.hold(board)).pipe(Stream.runDrain))
      yield* until(board, "entered", 1)
      yield* Fiber.interrupt(run)
      expect(yield* Actor.stats(probe)).toMatchObject({ interrupted: 3, waiting: 0 })
      Board.add(board, "released", 3)
      expect(yield* probe.add(1, 1)).toBe(2)
      expect(Board.read(board, "entered")).toBe(1)
    })
  )

  row("what f throws is a defect of the stream", () =>
    Effect.gen(function* () {
      const exit = yield* Actor.stream(Stream.make(1), (): Effect.Effect<number> => {
        throw new Error("broken f")
      }).pipe(Stream.runDrain, Effect.exit)
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ message: "broken f" })
    })
  )

  row("an inFlight below 1 is a defect that says so", () =>
    Effect.gen(function* () {
      const exit = yield* Actor.stream(Stream.make(1), Effect.succeed, { inFlight: 0 }).pipe(
        Stream.runDrain,
        Effect.exit
      )
      expect(String(exit)).toContain("expected an inFlight of at least 1, received 0")
    })
  )
}
