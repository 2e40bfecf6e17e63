import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { pipe } from "effect/Function"
import * as Result from "effect/Result"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Target, until, untilStats } from "../setup.ts"

/** Numbers from 0 up, which notes how far it was read and that it was closed. */
const counting = (to: number): { items: Iterable<number>; reads: () => number; closed: () => boolean } => {
  let reads = 0
  let closed = false
  return {
    items: {
      *[Symbol.iterator]() {
        try {
          for (let n = 0; n < to; n++) {
            reads++
            yield n
          }
        } finally {
          closed = true
        }
      }
    },
    reads: () => reads,
    closed: () => closed
  }
}

export const bulk = (_target: Target, row: AddRow): void => {
  row("results are in the order of the items, whichever worker was first", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 2 })
      const items = Array.from({ length: 500 }, (_, index) => index)
      expect(yield* Actor.forEach(items, (n) => probe.add(n, 1))).toEqual(items.map((n) => n + 1))
      expect(
        yield* pipe(
          items,
          Actor.forEach((item: number, index) => probe.second(item, index))
        )
      ).toEqual(items)
    })
  )

  row("no items are no results, and no calls", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* Actor.forEach([], (n: number) => probe.add(n, 1))).toEqual([])
      expect(yield* Actor.forEach([], (n: number) => probe.add(n, 1), { mode: "result" })).toEqual([])
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 0 })
    })
  )

  row("a lazy iterable is read no further than inFlight", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const { closed, items, reads } = counting(100)
      const running = yield* fork(Actor.forEach(items, () => probe.hold(board), { inFlight: 8 }))
      yield* until(board, "entered", 1)
      expect(reads()).toBe(8)
      Board.add(board, "released")
      yield* until(board, "entered", 2)
      expect(reads()).toBe(9)
      Board.add(board, "released", 99)
      expect((yield* Fiber.join(running)).length).toBe(100)
      expect([reads(), closed()]).toEqual([100, true])
    })
  )

  row("the first failure ends the whole: an endless iterable is closed, and what has not started never will", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const { closed, items, reads } = counting(Infinity)
      const error = yield* Effect.flip(Actor.forEach(items, (n) => probe.failOn(board, n, 3), { inFlight: 4 }))
      expect(error).toMatchObject({ _tag: "MethodError", message: "failed on 3" })
      expect([reads() <= 3 + 4, closed()]).toEqual([true, true])
      const stats = yield* untilStats(probe, ({ workers }) => workers[0]?.outstanding === 0)
      expect(stats).toMatchObject({ submitted: reads(), succeeded: 3, failed: 1, waiting: 0 })
      expect(Board.read(board, "touched")).toBeLessThanOrEqual(reads())
    })
  )

  row("items that wait when another one fails never start", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const failing = yield* Deferred.make<never, string>()
      const running = yield* fork(
        Effect.flip(
          Actor.forEach(Array(20).keys(), (n): Effect.Effect<number, unknown> => {
            if (n === 0) return probe.hold(board)
            return n === 1 ? Deferred.await(failing) : probe.touch(board)
          })
        )
      )
      yield* until(board, "entered", 1)
      expect((yield* Actor.stats(probe)).waiting).toBe(18)
      yield* Deferred.fail(failing, "over")
      expect(yield* Fiber.join(running)).toBe("over")
      Board.add(board, "released")
      expect(yield* probe.add(1, 2)).toBe(3)
      expect(Board.read(board, "touched")).toBe(0)
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 20, succeeded: 1, interrupted: 19, waiting: 0 })
    })
  )

  row('mode "result" gives every item a result of its own', () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ size: 2 })
      const results = yield* Actor.forEach([1, 2, 3, 4], (n) => probe.failOn(board, n, 3), { mode: "result" })
      expect(results.map((result) => (Result.isSuccess(result) ? result.success : result.failure.message))).toEqual([
        1,
        2,
        "failed on 3",
        4
      ])
    })
  )

  row("an item that cannot be cloned is a failure among results", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const results = yield* Actor.forEach([1, () => 2, 3], (value) => probe.echo(value), { mode: "result" })
      expect(results.map((result) => (Result.isSuccess(result) ? result.success : result.failure._tag))).toEqual([
        1,
        "SerializationError",
        3
      ])
    })
  )

  row("items may be any effects, composed of calls or of none", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 2 })
      const results = yield* Actor.forEach(Array(50).keys(), (n) =>
        n % 2 === 0 ? Effect.map(Effect.zip(probe.add(n, 1), probe.add(n, 2)), ([a, b]) => a + b) : Effect.succeed(-n)
      )
      expect(results).toEqual(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? 2 * n + 3 : -n)))
    })
  )

  row("interrupting the whole interrupts its calls, and closes the iterable", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const { closed, items, reads } = counting(Infinity)
      const running = yield* fork(
        Actor.forEach(items, (n) => (n === 0 ? probe.hold(board) : probe.touch(board)), { inFlight: 5 })
      )
      yield* until(board, "entered", 1)
      yield* Fiber.interrupt(running)
      expect([reads(), closed()]).toEqual([5, true])
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 5, interrupted: 5, waiting: 0 })
      Board.add(board, "released")
      expect(yield* probe.add(1, 2)).toBe(3)
      expect(Board.read(board, "touched")).toBe(0)
    })
  )

  row("a timeout around the whole is the timeout of each call", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const results = yield* Actor.forEach([1, 2], () => probe.touch(board), { mode: "result" }).pipe(Actor.timeout(5))
      expect(results.map((result) => (Result.isFailure(result) ? result.failure : undefined))).toMatchObject([
        { _tag: "CallTimeout", timeout: 5, started: false },
        { _tag: "CallTimeout", timeout: 5, started: false }
      ])
      Board.add(board, "released")
      yield* Fiber.join(holding)
    })
  )

  row("a defect of the function or of the iterable is a defect of the whole", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const defect = new Error("not my fault")
      const thrower = (): never => {
        throw defect
      }
      const broken: Iterable<number> = { [Symbol.iterator]: thrower }
      const exits: ReadonlyArray<Exit.Exit<unknown, unknown>> = [
        yield* Effect.exit(Actor.forEach([1, 2], (n) => (n === 2 ? thrower() : probe.add(n, 1)))),
        yield* Effect.exit(Actor.forEach(broken, (n) => probe.add(n, 1))),
        yield* Effect.exit(Actor.forEach([1], () => Effect.die(defect), { mode: "result" }))
      ]
      for (const exit of exits) {
        expect(Exit.isFailure(exit) ? Cause.squash(exit.cause) : "success").toBe(defect)
      }
    })
  )
}
