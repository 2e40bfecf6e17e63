import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import { type AddRow, fork, makeProbe, type Probe, type Target, until, untilStats } from "../setup.ts"

/** Submits `calls` in this order while the only worker is taken; tells as how-manieth each was served. */
const served = (
  probe: Probe,
  board: Board.Board,
  calls: ReadonlyArray<(visit: Effect.Effect<number, unknown>) => Effect.Effect<number, unknown>>
) =>
  Effect.gen(function* () {
    const holding = yield* fork(probe.hold(board))
    yield* until(board, "entered", 1)
    const fibers = yield* Effect.forEach(calls, (change) => fork(change(probe.visit())))
    Board.add(board, "released", 1)
    yield* Fiber.join(holding)
    return yield* Effect.forEach(fibers, (fiber) => Fiber.join<number, unknown>(fiber))
  })

const keys = Array.from({ length: 60 }, (_, n) => `key ${n}`)

/** The incarnation of the worker that each key has now. */
const owners = (probe: Probe) =>
  Effect.forEach(keys, (key) => Effect.map(Actor.affinity(probe.worker(), key), ({ incarnation }) => incarnation), {
    concurrency: "unbounded"
  })

export const scheduling = (target: Target, row: AddRow): void => {
  row("calls of a higher priority are served first, equals in the order of their submission", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe()
      const ranks = yield* served(probe, board, [
        (visit) => visit,
        Actor.priority(5),
        Actor.priority(-1),
        Actor.priority(5),
        (visit) => visit,
        Actor.priority(0.5)
      ])
      expect(ranks).toEqual([4, 1, 6, 2, 5, 3])
    })
  )

  row("heaviestFirst serves by weight, lightestFirst the other way round, and priorities come before both", () =>
    Effect.gen(function* () {
      const weights = [Actor.weight(1), Actor.weight(3), Actor.weight(0.5), Actor.weight(3), Actor.priority(1)]
      for (const [order, expected] of [
        ["heaviestFirst", [4, 2, 5, 3, 1]],
        ["lightestFirst", [3, 4, 2, 5, 1]],
        ["fifo", [2, 3, 4, 5, 1]],
        ["priority", [2, 3, 4, 5, 1]]
      ] as const) {
        const board = Board.make()
        const probe = yield* makeProbe({ order })
        expect([order, yield* served(probe, board, weights)]).toEqual([order, expected])
      }
    })
  )

  row("what is submitted in one turn is ordered, even when a worker is free", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ order: "heaviestFirst" })
      const fibers = yield* Effect.forEach([1, 2, 3], (weight) => fork(Actor.weight(probe.visit(), weight)))
      expect(yield* Effect.forEach(fibers, Fiber.join)).toEqual([3, 2, 1])
    })
  )

  row("a call that is given up while it waits in rank leaves the others as they were", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ order: "heaviestFirst" })
      const holding = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const fibers = yield* Effect.forEach([1, 2, 3, 4], (weight) => fork(Actor.weight(probe.visit(), weight)))
      yield* Effect.forEach(fibers.slice(2), Fiber.interrupt)
      expect(yield* Actor.stats(probe)).toMatchObject({ waiting: 2, interrupted: 2 })
      Board.add(board, "released", 1)
      expect(yield* Effect.forEach(fibers.slice(0, 2), Fiber.join)).toEqual([2, 1])
      yield* Fiber.join(holding)
      expect(yield* Actor.stats(probe)).toMatchObject({ waiting: 0 })
    })
  )

  row("forEach starts the heaviest items first, and keeps the results in the order of the items", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const items = ["bb", "a", "dddd", "ccc", "eeee"]
      const weight = (item: string) => item.length
      expect(yield* Actor.forEach(items, () => probe.visit(), { weight })).toEqual([4, 5, 1, 3, 2])
      expect(yield* Actor.forEach(items, () => probe.visit(), { weight, order: "lightestFirst" })).toEqual([
        7, 6, 9, 8, 10
      ])
      expect(yield* Actor.forEach(items, () => probe.visit(), { weight, order: "fifo" })).toEqual([11, 12, 13, 14, 15])
      expect(yield* Actor.forEach(items, (item) => probe.greet(item), { weight })).toEqual(
        items.map((item) => `Hello, ${item}!`)
      )
    })
  )

  row("a weight that makes no sense is a defect that names the item", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const exit = yield* Effect.exit(
        Actor.forEach([1, 2], (n) => probe.add(n, n), { weight: (n) => (n === 1 ? 1 : Number.NaN) })
      )
      expect(String(exit)).toContain("Cannot weigh item 1: expected a finite positive number, received NaN")
    })
  )

  row("priorities and routings that make no sense are defects that say so", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(String(yield* Effect.exit(Actor.priority(probe.add(1, 1), Number.NaN)))).toContain("received NaN")
      // @ts-expect-error: no such routing
      expect(String(yield* Effect.exit(Actor.routing(probe.add(1, 1), "best")))).toContain("received best")
      // @ts-expect-error: no such order
      expect(yield* Effect.flip(makeProbe({ order: "last" }))).toMatchObject({ option: "order", received: "last" })
      // @ts-expect-error: no such routing
      expect(yield* Effect.flip(makeProbe({ routing: "best" }))).toMatchObject({ option: "routing" })
    })
  )

  row("the calls of one key are served in their order, by one worker", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3 })
      const visits = yield* Effect.forEach(
        Array.from({ length: 40 }),
        () => Actor.affinity(Effect.all([probe.visit(), probe.worker()]), "one key"),
        { concurrency: "unbounded" }
      )
      expect(new Set(visits.map(([, worker]) => worker.incarnation)).size).toBe(1)
      expect(visits.map(([visit]) => visit)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
    })
  )

  if (target.profile !== "thread") return

  row("keys stay with their workers, and spread over all", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3 })
      yield* untilStats(probe, (stats) => stats.workers.length === 3)
      const before = yield* owners(probe)
      expect(new Set(before).size).toBe(3)
      expect(yield* owners(probe)).toEqual(before)
    })
  )

  if (target.link === "frames") {
    row("the death of a worker moves its keys, and no others", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ size: 3, grace: 1 })
        yield* untilStats(probe, (stats) => stats.workers.length === 3)
        const before = yield* owners(probe)
        const doomed = yield* fork(probe.hold(board).pipe(Actor.interruption("terminate"), Actor.affinity("key 0")))
        yield* until(board, "entered", 1)
        // calls of the same key wait behind it, and survive it
        const waiting = yield* fork(Actor.affinity(probe.worker(), "key 0"))
        yield* Fiber.interrupt(doomed)
        expect((yield* Fiber.join(waiting)).incarnation).not.toBe(before[0])
        yield* untilStats(probe, (stats) => stats.workers.length === 3)
        const after = yield* owners(probe)
        for (const [at, owner] of before.entries()) {
          if (owner === before[0]) expect(after[at]).not.toBe(owner)
          else expect(after[at]).toBe(owner)
        }
        Board.add(board, "released", 1)
      })
    )
  }

  row("roundRobin goes from worker to worker", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3, routing: "roundRobin" })
      yield* untilStats(probe, (stats) => stats.workers.length === 3)
      const first = yield* probe.worker()
      const then = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.map(probe.worker(), ({ index }) => index))
      expect(then).toEqual([1, 2, 3, 4, 5].map((turn) => (first.index + turn) % 3))
      const any = yield* Actor.routing(probe.worker(), "powerOfTwo")
      expect([0, 1, 2]).toContain(any.index)
    })
  )

  row("the least loaded worker is the one with the least weight, not with the fewest calls", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ size: 2, concurrency: 4 })
      yield* untilStats(probe, (stats) => stats.workers.length === 2)
      const heavy = yield* fork(Actor.weight(probe.hold(board), 10))
      const light = yield* Effect.forEach([1, 2, 3], () => fork(probe.hold(board)))
      yield* until(board, "entered", 4)
      expect((yield* Actor.stats(probe)).workers.map(({ outstanding }) => outstanding).toSorted()).toEqual([1, 3])
      Board.add(board, "released", 4)
      yield* Effect.forEach([heavy, ...light], (fiber) => Fiber.await<number, unknown>(fiber))
    })
  )

  row("powerOfTwo settles every call", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3, routing: "powerOfTwo" })
      const items = Array.from({ length: 500 }, (_, n) => n)
      expect(yield* Actor.forEach(items, (n) => probe.add(n, 1))).toEqual(items.map((n) => n + 1))
    })
  )
}
