import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Target, until, untilStats } from "../setup.ts"

export const mailbox = (_target: Target, row: AddRow): void => {
  row('a full mailbox with overflow "fail" fails the call with MailboxFull, and leaves the others alone', () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ mailbox: { capacity: 2, overflow: "fail" } })
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const waiting = yield* Effect.forEach([1, 2], () => fork(probe.touch(board)))
      expect((yield* Actor.stats(probe)).waiting).toBe(2)
      const error = yield* Effect.flip(probe.touch(board))
      expect(error).toMatchObject({ _tag: "MailboxFull", actor: "Probe", method: "touch", capacity: 2 })
      Board.add(board, "released")
      yield* Fiber.join(holding)
      expect((yield* Effect.forEach(waiting, Fiber.join)).sort()).toEqual([1, 2])
      expect(Board.read(board, "touched")).toBe(2)
    })
  )

  row('a full mailbox with overflow "suspend" lets callers wait', () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ mailbox: { capacity: 2, overflow: "suspend" } })
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const waiting = yield* Effect.forEach(Array(10).keys(), () => fork(probe.touch(board)))
      expect((yield* Actor.stats(probe)).waiting).toBe(10)
      Board.add(board, "released")
      yield* Fiber.join(holding)
      yield* Effect.forEach(waiting, Fiber.join)
      expect(Board.read(board, "touched")).toBe(10)
    })
  )
}

/** Completes when the method has been entered, and lets no timer of this thread run before. */
const entered = (target: Target, board: Board.Board): Effect.Effect<void> =>
  target.profile === "inline"
    ? until(board, "entered", 1)
    : Effect.gen(function* () {
        // what was submitted leaves within a turn
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))
        const giveUp = performance.now() + 20_000
        while (Board.read(board, "entered") === 0 && performance.now() < giveUp);
      })

export const timeouts = (target: Target, row: AddRow): void => {
  row("a call that runs into its timeout while it waits never runs", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const error = yield* Effect.flip(Actor.timeout(probe.touch(board), "5 millis"))
      expect(error).toMatchObject({ _tag: "CallTimeout", actor: "Probe", method: "touch", timeout: 5, started: false })
      Board.add(board, "released")
      yield* Fiber.join(holding)
      expect(yield* probe.add(1, 2)).toBe(3)
      expect(Board.read(board, "touched")).toBe(0)
      expect(yield* Actor.stats(probe)).toMatchObject({ failed: 1, timedOut: 1, succeeded: 2, submitted: 3 })
    })
  )

  if (target.link === "frames") {
    row("a call that runs into its timeout while it runs is asked to stop", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ grace: "1 minute" })
        const failing = yield* fork(Effect.flip(Actor.timeout(probe.watched(board), "1 second")))
        yield* entered(target, board)
        expect(yield* Fiber.join(failing)).toMatchObject({ _tag: "CallTimeout", timeout: 1000, started: true })
        yield* until(board, "aborted", 1)
        // the method still runs, so its slot is not free
        expect(yield* Actor.stats(probe)).toMatchObject({ timedOut: 1, workers: [{ outstanding: 1 }] })
        Board.add(board, "released")
        yield* until(board, "left", 1)
        yield* untilStats(probe, ({ workers }) => workers[0]?.outstanding === 0)
        expect(Board.read(board, "cancelled")).toBe(1)
      })
    )
  } else {
    row("a call that runs into its timeout counts as started, and frees its slot when its method has ended", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ grace: "1 minute" })
        const failing = yield* fork(Effect.flip(Actor.timeout(probe.hold(board), "1 second")))
        yield* entered(target, board)
        expect(yield* Fiber.join(failing)).toMatchObject({ _tag: "CallTimeout", timeout: 1000, started: true })
        expect(yield* Actor.stats(probe)).toMatchObject({ timedOut: 1, workers: [{ outstanding: 1 }] })
        Board.add(board, "released")
        yield* untilStats(probe, ({ workers }) => workers[0]?.outstanding === 0)
      })
    )
  }

  row(
    "the timeout of the actor holds for its calls, that of a method comes before it, that of a call before both",
    () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ timeout: "20 millis", grace: "1 minute" })
        const holding = yield* fork(Actor.timeout(probe.hold(board), Infinity))
        yield* until(board, "entered", 1)
        const byActor = yield* Effect.flip(probe.hold(board))
        expect(byActor).toMatchObject({ _tag: "CallTimeout", timeout: 20, started: false })
        const byMethod = yield* Effect.flip(probe.hurried(board))
        expect(byMethod).toMatchObject({ _tag: "CallTimeout", method: "hurried", timeout: 1, started: false })
        const byCall = yield* Effect.flip(Actor.timeout(probe.hurried(board), 3))
        expect(byCall).toMatchObject({ _tag: "CallTimeout", timeout: 3, started: false })
        // was not limited at all
        Board.add(board, "released")
        expect(yield* Fiber.join(holding)).toBe(1)
      })
  )

  row("the timeout Infinity lifts that of a method", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const holding = yield* fork(Actor.timeout(probe.hurried(board), Infinity))
      yield* until(board, "entered", 1)
      const waiting = yield* Effect.flip(Actor.timeout(probe.touch(board), 20))
      expect(waiting).toMatchObject({ _tag: "CallTimeout", started: false })
      Board.add(board, "released")
      expect(yield* Fiber.join(holding)).toBe(1)
    })
  )
}

export const interruptions = (target: Target, row: AddRow): void => {
  row("an interrupted call that waits never runs", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const waiting = yield* fork(probe.touch(board))
      yield* Fiber.interrupt(waiting)
      Board.add(board, "released")
      yield* Fiber.join(holding)
      expect(yield* probe.add(1, 2)).toBe(3)
      expect(Board.read(board, "touched")).toBe(0)
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 3, succeeded: 2, interrupted: 1, failed: 0 })
    })
  )

  if (target.link === "frames") {
    row("an interrupted call that runs is asked to stop, and its slot is free when its method has ended", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const running = yield* fork(probe.watched(board))
        yield* until(board, "entered", 1)
        yield* Fiber.interrupt(running)
        yield* until(board, "aborted", 1)
        expect(yield* Actor.stats(probe)).toMatchObject({ interrupted: 1, workers: [{ outstanding: 1 }] })
        const next = yield* fork(probe.touch(board))
        expect(yield* Actor.stats(probe)).toMatchObject({ waiting: 1 })
        expect(Board.read(board, "touched")).toBe(0)
        Board.add(board, "released")
        expect(yield* Fiber.join(next)).toBe(1)
        expect([Board.read(board, "left"), Board.read(board, "cancelled")]).toEqual([1, 1])
      })
    )
  } else {
    row("an interrupted call that runs frees its slot when its method has ended, but is not asked to stop", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const running = yield* fork(probe.hold(board))
        yield* until(board, "entered", 1)
        yield* Fiber.interrupt(running)
        expect(yield* Actor.stats(probe)).toMatchObject({ interrupted: 1, workers: [{ outstanding: 1 }] })
        const next = yield* fork(probe.touch(board))
        Board.add(board, "released")
        expect(yield* Fiber.join(next)).toBe(1)
        expect(Board.read(board, "left")).toBe(1)
      })
    )
  }

  if (target.profile === "thread" && target.link === "frames") {
    row("a synchronous loop sees that its call was cancelled", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const spinning = yield* fork(probe.spin(board))
        yield* until(board, "entered", 1)
        yield* Fiber.interrupt(spinning)
        yield* until(board, "cancelled", 1)
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  }
}

export const current = (target: Target, row: AddRow): void => {
  if (target.link === "frames") {
    row("a method sees its call: an id of its own, and its deadline", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const one = yield* probe.call()
        const two = yield* Actor.timeout(probe.call(), "1 minute")
        expect(one.id).not.toBe(two.id)
        expect(one.left).toBeUndefined()
        expect(two.left).toBeGreaterThan(0)
        expect(two.left).toBeLessThanOrEqual(60_000)
      })
    )

    row("where one call runs at a time, the current call is known after an await as well", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const [before, after] = yield* probe.callAfterAwait()
        expect(after).toBe(before)
      })
    )

    if (target.profile === "thread") {
      row("where several calls run at a time, the current call is known until the first await", () =>
        Effect.gen(function* () {
          const probe = yield* makeProbe({ concurrency: 2 })
          const error = yield* Effect.flip(probe.callAfterAwait())
          expect(error.message).toContain("Cannot take the current call")
        })
      )
    } else {
      row("where several calls run at a time, the current call follows each of them", () =>
        Effect.gen(function* () {
          const probe = yield* makeProbe({ concurrency: 2 })
          const pairs = yield* Effect.all([probe.callAfterAwait(), probe.callAfterAwait()], { concurrency: 2 })
          for (const [before, after] of pairs) expect(after).toBe(before)
          expect(pairs[0][0]).not.toBe(pairs[1][0])
        })
      )
    }
  } else {
    row("a method has no current call over plain Comlink", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const error = yield* Effect.flip(probe.call())
        expect(error).toMatchObject({ _tag: "MethodError", method: "call" })
        expect(error.message).toContain("Cannot take the current call")
      })
    )
  }

  row("taking the current call outside of any call throws", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* probe.outside()).toContain("Cannot take the current call: no call is running here")
    })
  )

  row("an actor's call is a value: each run of it is a call of its own", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const visit = probe.visit()
      expect([yield* visit, yield* visit, yield* visit]).toEqual([1, 2, 3])
    })
  )

  row("the ledger balances: submitted is succeeded, failed and interrupted together", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const interrupted = yield* fork(probe.add(1, 2))
      yield* Fiber.interrupt(interrupted)
      yield* Effect.flip(Actor.timeout(probe.add(1, 2), 1))
      Board.add(board, "released")
      yield* Fiber.join(holding)
      yield* Effect.forEach(Array(20).keys(), (n) => probe.add(n, 1), { concurrency: "unbounded" })
      yield* Effect.flip(probe.throws("string"))
      expect(Exit.isFailure(yield* Effect.exit(probe.echo(() => 1)))).toBe(true)
      expect(yield* Actor.stats(probe)).toMatchObject({
        submitted: 25,
        succeeded: 21,
        failed: 3,
        timedOut: 1,
        interrupted: 1,
        waiting: 0,
        refused: 0,
        quarantined: 0
      })
    })
  )
}
