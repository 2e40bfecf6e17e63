import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Target, until, untilStats } from "../setup.ts"

export const broadcast = (target: Target, row: AddRow): void => {
  const size = target.profile === "thread" ? 3 : 1
  const indexes = [...Array.from({ length: size }).keys()]

  row("a broadcast runs once on every worker, those that still start included, in the order of the workers", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size })
      const workers = yield* Actor.broadcast(probe.worker())
      expect(workers.map(({ index }) => index)).toEqual(indexes)
      expect(yield* Actor.broadcast(probe.visit())).toEqual(indexes.map(() => 1))
      expect(yield* Actor.broadcast(probe.visit())).toEqual(indexes.map(() => 2))
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 3 * size, succeeded: 3 * size, waiting: 0, size })
    })
  )

  row("a broadcast reaches busy workers when they have room, in turn", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ size })
      yield* untilStats(probe, (stats) => stats.workers.length === size)
      const holding = yield* Effect.forEach(indexes, () => fork(probe.hold(board)))
      yield* until(board, "entered", size)
      const broadcast = yield* fork(Actor.broadcast(probe.visit()))
      const later = yield* Effect.forEach(indexes, () => fork(probe.visit()))
      expect((yield* Actor.stats(probe)).waiting).toBe(2 * size)
      Board.add(board, "released", size)
      yield* Effect.forEach(holding, Fiber.join)
      expect(yield* Fiber.join(broadcast)).toEqual(indexes.map(() => 1))
      const visits = yield* Effect.forEach(later, Fiber.join)
      expect(visits.every((visit) => visit > 1)).toBe(true)
    })
  )

  if (target.profile === "thread" && target.link === "frames") {
    row("a worker that dies before it has started a broadcast leaves it to its successor", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ size, grace: 1, concurrency: 1 })
        yield* untilStats(probe, (stats) => stats.workers.length === size)
        const doomed = yield* fork(Actor.interruption(probe.hold(board), "terminate"))
        yield* until(board, "entered", 1)
        const holding = yield* Effect.forEach(indexes.slice(1), () => fork(probe.hold(board)))
        yield* until(board, "entered", size)
        const broadcast = yield* fork(Actor.broadcast(probe.worker()))
        yield* untilStats(probe, (stats) => stats.waiting === size)
        const before = (yield* Actor.stats(probe)).workers.map(({ incarnation }) => incarnation)
        yield* Fiber.interrupt(doomed)
        yield* untilStats(probe, (stats) => stats.waiting < size)
        Board.add(board, "released", size)
        yield* Effect.forEach(holding, Fiber.join)
        const workers = yield* Fiber.join(broadcast)
        expect(workers.map(({ index }) => index)).toEqual(indexes)
        expect(workers.filter(({ incarnation }) => !before.includes(incarnation))).toHaveLength(1)
      })
    )
  }

  row("an interrupted broadcast is given up everywhere, and nothing is left", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ size })
      yield* untilStats(probe, (stats) => stats.workers.length === size)
      const holding = yield* Effect.forEach(indexes, () => fork(probe.hold(board)))
      yield* until(board, "entered", size)
      const broadcast = yield* fork(Actor.broadcast(probe.touch(board)))
      yield* untilStats(probe, (stats) => stats.waiting === size)
      yield* Fiber.interrupt(broadcast)
      expect(yield* Actor.stats(probe)).toMatchObject({ waiting: 0, interrupted: size })
      Board.add(board, "released", size)
      yield* Effect.forEach(holding, Fiber.join)
      expect(yield* probe.add(1, 2)).toBe(3)
      expect(Board.read(board, "touched")).toBe(0)
    })
  )

  row("a broadcast fails with the first failure", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size })
      expect(yield* Effect.flip(Actor.broadcast(probe.throws("notFound")))).toMatchObject({ _tag: "MethodError" })
      yield* untilStats(probe, (stats) => stats.submitted === stats.failed + stats.interrupted)
      expect(yield* Actor.broadcast(probe.add(1, 2))).toEqual(indexes.map(() => 3))
    })
  )

  row("a broadcast of something else than a call is a defect that says so", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Actor.broadcast(Effect.succeed(1)))
      expect(String(exit)).toContain("Cannot broadcast: expected a call of an actor")
    })
  )

  row("an actor describes its methods", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size })
      const methods = new Map(Actor.describe(probe).map((method) => [method.name, method]))
      expect(methods.get("add")).toMatchObject({ kind: "effect", idempotent: false, timeout: undefined })
      expect(methods.get("hurried")).toMatchObject({
        kind: "effect",
        description: "Has a timeout of its own",
        idempotent: true,
        timeout: 1
      })
      expect([...methods.keys()]).toEqual(Object.keys(probe))
      expect(() => Actor.describe({})).toThrow("Cannot describe something that is not an actor")
    })
  )

  row("the stats tell the profile and the intended size", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3 })
      expect(yield* Actor.stats(probe)).toMatchObject({ profile: target.profile, size })
    })
  )
}
