/**
 * The pool against a model: whatever is submitted, cancelled, released and crashed, in whatever order, the laws hold.
 */
import { setImmediate } from "node:timers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Actor, type ActorError, WorkerBackend } from "../../src/index.ts"
import * as Runtime from "../../src/runtime/index.ts"
import type model from "../adapters/model.adapter.ts"
import { cells, makeLedger, maxCalls } from "../adapters/model.ts"
import * as SimulatedBackend from "./SimulatedBackend.ts"

type Step =
  | {
      readonly _tag: "Submit"
      readonly fails: boolean
      readonly weight: number
      readonly priority: number
      readonly key: string | undefined
    }
  | { readonly _tag: "Cancel" | "Release" | "Crash"; readonly pick: number }
  | { readonly _tag: "Broadcast" | "Look" }

const pick = fc.nat({ max: 1000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      _tag: fc.constant("Submit" as const),
      fails: fc.boolean(),
      weight: fc.constantFrom(0.5, 1, 3),
      priority: fc.constantFrom(0, 0, 0, 1, -1),
      key: fc.constantFrom(undefined, undefined, "a", "b")
    })
  },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("Cancel" as const), pick }) },
  { weight: 4, arbitrary: fc.record({ _tag: fc.constant("Release" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Crash" as const), pick }) },
  { weight: 1, arbitrary: fc.constant({ _tag: "Broadcast" as const }) },
  { weight: 2, arbitrary: fc.constant({ _tag: "Look" as const }) }
)

const pool = fc.record({
  size: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.integer({ min: 1, max: 2 }),
  order: fc.constantFrom("fifo", "heaviestFirst", "lightestFirst", "priority"),
  routing: fc.constantFrom("leastLoaded", "roundRobin", "powerOfTwo")
})
type Pool = typeof pool extends fc.Arbitrary<infer A> ? A : never

type Program = Effect.Effect<void, unknown, Scope.Scope | WorkerBackend.WorkerBackend>

const tick = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Waits until `holds`; dies, so that nothing hangs, when that takes 20 seconds. */
const until = (what: string, holds: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const giveUp = performance.now() + 20_000
    while (!(yield* holds)) {
      if (performance.now() > giveUp) throw new Error(`Gave up waiting until ${what}`)
      yield* tick
    }
  })

/**
 * Runs the steps. `crash` ends a worker, given the incarnations of those that serve, and tells how many calls it took;
 * `live` counts the workers that live.
 */
const run = (
  options: Pool,
  steps: ReadonlyArray<Step>,
  crash: (actor: Actor.Shape<typeof model>, serving: ReadonlyArray<number>, pick: number) => Effect.Effect<number>,
  live: () => number
): Program =>
  Effect.gen(function* () {
    const ledger = makeLedger()
    const { peak, released, started } = cells(ledger)
    const actor = yield* Actor.make<typeof model>("Model", {
      adapter: new URL("../adapters/model.adapter.ts", import.meta.url),
      options: ledger,
      ...options,
      restart: { intensity: 10_000, minBackoff: 0, maxBackoff: 1 }
    })
    const calls: Array<Fiber.Fiber<number, ActorError.ActorError>> = []
    const broadcasts: Array<Fiber.Fiber<ReadonlyArray<number>, ActorError.ActorError>> = []
    let submitted = 0
    let next = 0

    const look = Effect.gen(function* () {
      const stats = yield* Actor.stats(actor)
      expect(stats.workers.length).toBeLessThanOrEqual(options.size)
      expect(live()).toBeLessThanOrEqual(options.size + 1)
      expect(stats.submitted).toBe(submitted)
      expect(stats.succeeded + stats.failed + stats.interrupted).toBeLessThanOrEqual(submitted)
      expect(Atomics.load(peak, 0)).toBeLessThanOrEqual(options.concurrency)
      return stats
    })

    for (const step of steps) {
      switch (step._tag) {
        case "Submit": {
          if (next === maxCalls) break
          const id = next++
          submitted++
          let call = actor.work(id, step.fails).pipe(Actor.weight(step.weight), Actor.priority(step.priority))
          if (step.key !== undefined) call = Actor.affinity(call, step.key)
          calls.push(yield* Effect.forkDetach(call, { startImmediately: true }))
          break
        }
        case "Broadcast": {
          if (next === maxCalls) break
          const id = next++
          Atomics.store(released, id, 1)
          submitted += options.size
          broadcasts.push(yield* Effect.forkDetach(Actor.broadcast(actor.work(id, false)), { startImmediately: true }))
          break
        }
        case "Cancel": {
          const call = calls[step.pick % calls.length]
          if (call !== undefined) yield* Fiber.interrupt(call)
          break
        }
        case "Release":
          if (next > 0) Atomics.store(released, step.pick % next, 1)
          break
        case "Crash": {
          const { workers } = yield* Actor.stats(actor)
          if (workers.length > 0) {
            const serving = workers.map(({ incarnation }) => incarnation)
            submitted += yield* crash(actor, serving, step.pick)
          }
          break
        }
        case "Look": {
          // what was sent is given time to arrive
          for (let turn = 0; turn < 4; turn++) yield* tick
          const stats = yield* look
          // while somebody waits who may go anywhere, nobody idles: only calls with a key wait for one worker
          const keyed = steps.some((step) => step._tag === "Submit" && step.key !== undefined)
          if (stats.waiting > 0 && !keyed && broadcasts.length === 0) {
            for (const worker of stats.workers) expect(worker.outstanding).toBeGreaterThanOrEqual(worker.capacity)
          }
          // nor while another worker has calls in store
          if (
            !keyed &&
            broadcasts.length === 0 &&
            stats.workers.some((worker) => worker.outstanding < worker.capacity)
          ) {
            for (const worker of stats.workers) expect(worker.outstanding).toBeLessThanOrEqual(worker.capacity)
          }
        }
      }
      yield* look
    }

    // everything may end now, and everything does: once
    for (let id = 0; id < next; id++) Atomics.store(released, id, 1)
    const exits = yield* Effect.forEach(calls, Fiber.await)
    yield* Effect.forEach(broadcasts, Fiber.await)
    yield* until(
      "all workers serve, and nothing is left",
      Effect.map(
        Actor.stats(actor),
        ({ waiting, workers }) =>
          waiting === 0 && workers.length === options.size && workers.every(({ outstanding }) => outstanding === 0)
      )
    )
    const { failed, interrupted, succeeded, waiting } = yield* look
    expect([succeeded + failed + interrupted, waiting]).toEqual([submitted, 0])
    for (const [index, exit] of exits.entries()) {
      const submits = steps.filter((step) => step._tag === "Submit")
      const fails = submits[index]?._tag === "Submit" && submits[index].fails
      if (Exit.isSuccess(exit)) expect(fails).toBe(false)
    }
    // no method has run twice for one call; a broadcast runs on each worker, and again nowhere
    for (let id = 0; id < next; id++) expect(started[id]).toBeLessThanOrEqual(options.size)
    const single = steps.filter(({ _tag }) => _tag === "Submit" || _tag === "Broadcast").slice(0, next)
    for (const [id, { _tag }] of single.entries()) if (_tag === "Submit") expect(started[id]).toBeLessThanOrEqual(1)
  })

describe("the pool keeps its laws", () => {
  it("on simulated workers, thousands of times", async () => {
    await fc.assert(
      fc.asyncProperty(pool, fc.array(step, { maxLength: 40 }), async (options, steps) => {
        const simulation = SimulatedBackend.make(4)
        const crash = (_actor: object, serving: ReadonlyArray<number>, pick: number) =>
          Effect.sync(() => {
            simulation.crash(serving[pick % serving.length] ?? 0)
            return 0
          })
        await Effect.runPromise(
          run(options, steps, crash, () => simulation.live().length).pipe(
            Effect.scoped,
            Effect.provide(Layer.succeed(WorkerBackend.WorkerBackend, simulation.backend))
          )
        )
        expect(simulation.peak()).toBeLessThanOrEqual(options.size + 1)
        expect(simulation.live()).toEqual([])
      }),
      { numRuns: 2000 }
    )
  }, 240_000)

  it("on real workers", async () => {
    await fc.assert(
      fc.asyncProperty(pool, fc.array(step, { minLength: 10, maxLength: 40 }), async (options, steps) => {
        // each costs the start of a thread
        let crashes = 0
        const few = steps.filter(({ _tag }) => _tag !== "Crash" || ++crashes <= 2)
        // it waits for a slot like any other call
        const crash = (actor: Actor.Shape<typeof model>) =>
          Effect.as(Effect.forkDetach(Effect.exit(actor.crash()), { startImmediately: true }), 1)
        await Effect.runPromise(run(options, few, crash, () => 0).pipe(Effect.scoped, Effect.provide(Runtime.layer)))
      }),
      { numRuns: 8 }
    )
  }, 120_000)

  it("and gives the waiting calls of a dead worker's keys to others at once", async () => {
    const simulation = SimulatedBackend.make(2)
    const program = Effect.gen(function* () {
      const ledger = makeLedger()
      const { released, started } = cells(ledger)
      const actor = yield* Actor.make<typeof model>("Model", {
        adapter: new URL("../adapters/model.adapter.ts", import.meta.url),
        options: ledger,
        size: 2,
        // nobody replaces the dead while this test lasts
        restart: { minBackoff: "1 hour", maxBackoff: "1 hour" }
      })
      yield* until(
        "both serve",
        Effect.map(Actor.stats(actor), ({ workers }) => workers.length === 2)
      )
      const fork = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkDetach(effect, { startImmediately: true })
      const first = yield* fork(Actor.affinity(actor.work(0, false), "key"))
      const waiting = yield* fork(Actor.affinity(actor.work(1, false), "key"))
      yield* until(
        "the first one runs",
        Effect.sync(() => Atomics.load(started, 0) === 1)
      )
      const { workers } = yield* Actor.stats(actor)
      const owner = workers.find(({ outstanding }) => outstanding > 0)
      simulation.crash(owner?.incarnation ?? 0)
      Atomics.store(released, 1, 1)
      expect(yield* Fiber.join(waiting)).toBe(1)
      expect(yield* Effect.flip(Fiber.join(first))).toMatchObject({ _tag: "WorkerLost" })
      Atomics.store(released, 0, 1)
    })
    await Effect.runPromise(
      program.pipe(Effect.scoped, Effect.provide(Layer.succeed(WorkerBackend.WorkerBackend, simulation.backend)))
    )
  })
})
