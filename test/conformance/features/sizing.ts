import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect } from "vitest"
import { Actor, Environment, WorkerBackend, WorkerCount, Workload, WorkloadProfiles } from "../../../src/index.ts"
import type sequential from "../../adapters/sequential.adapter.ts"
import { adapter, type AddRow, makeProbe, type Target } from "../setup.ts"

/** The same backend on a machine with so many cores. */
const withCores = (target: Target, cores: number): Layer.Layer<WorkerBackend.WorkerBackend> =>
  Layer.effect(
    WorkerBackend.WorkerBackend,
    Effect.map(WorkerBackend.WorkerBackend, (backend) => ({ ...backend, parallelism: cores }))
  ).pipe(Layer.provide(target.layer))

const size = (actor: object) => Effect.map(Actor.stats(actor), (stats) => stats.size)

export const sizing = (target: Target, row: AddRow): void => {
  row("an actor without a size gets what its workload deserves here, and says why", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: undefined, workload: "render" })
      const text = Actor.explain(probe)
      if (target.profile === "inline") {
        expect([yield* size(probe), text]).toEqual([1, expect.stringContaining("render in production")])
      } else {
        expect(yield* size(probe)).toBe(4)
        expect(text).toBe(
          "4 workers. render in production takes 0.5 of 6 cores times 1.5 for shared memory, " +
            "at least 2 and at most 8: 4. Fewer than 10 quick tasks of one forEach stay in one worker."
        )
      }
      expect(yield* probe.add(1, 2)).toBe(3)
    }).pipe(Effect.provide(Layer.mergeAll(withCores(target, 6), Environment.layer("production"))))
  )

  row("a layer names the workload of actors that name none", () =>
    Effect.gen(function* () {
      expect(Actor.explain(yield* makeProbe({ size: undefined }))).toContain("io in local")
      expect(Actor.explain(yield* makeProbe({ size: undefined, workload: "compile" }))).toContain("compile in local")
    }).pipe(Effect.provide(Layer.mergeAll(Workload.layer("io"), Environment.layer("local"))))
  )

  row("a size that is asked for is taken as it is", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: 3 })
      expect(yield* size(probe)).toBe(target.profile === "inline" ? 1 : 3)
      expect(Actor.explain(probe)).toContain("3 as asked for.")
      if (target.profile === "inline") expect(Actor.explain(probe)).toContain("The inline profile has no more than 1.")
    })
  )

  row("waiting work runs many calls in one worker, where the adapter is threadSafe", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: undefined, workload: "io" })
      const { size, workers } = yield* Actor.stats(probe)
      expect(size).toBe(1)
      expect(workers.map(({ capacity }) => capacity)).toEqual([target.profile === "inline" ? 2 : 6])
      expect(Actor.explain(probe)).toMatch(/io in local takes .* so one worker runs \d calls at once\./)
    }).pipe(Effect.provide(Layer.mergeAll(withCores(target, 8), Environment.layer("local"))))
  )

  row("waiting work gets workers, where the adapter is not", () =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<typeof sequential>("Sequential", {
        adapter: adapter("sequential.adapter.ts"),
        workload: "io"
      })
      expect(yield* size(actor)).toBe(target.profile === "inline" ? 1 : 6)
      expect(Actor.explain(actor)).toContain("The adapter is not threadSafe")
      expect((yield* Actor.broadcast(actor.visit())).length).toBe(target.profile === "inline" ? 1 : 6)
      expect((yield* Actor.stats(actor)).workers.every(({ capacity }) => capacity === 1)).toBe(true)
    }).pipe(Effect.provide(Layer.mergeAll(withCores(target, 8), Environment.layer("local"))))
  )

  row("calls at once that are asked for leave the workers to the plan", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ size: undefined, workload: "io", concurrency: 4 })
      expect(yield* size(probe)).toBe(target.profile === "inline" ? 1 : 2)
      expect(Actor.explain(probe)).toContain("4 calls at once in each worker, as asked for.")
    }).pipe(Effect.provide(Layer.mergeAll(withCores(target, 8), Environment.layer("local"))))
  )

  row("profiles of one's own and the rules of kida are layers", () =>
    Effect.gen(function* () {
      const own = yield* makeProbe({ size: undefined, workload: "thumbnails" })
      expect(yield* size(own)).toBe(target.profile === "inline" ? 1 : 2)
      const kida = yield* makeProbe({ size: undefined }).pipe(Effect.provide(WorkerCount.kida))
      // one core, and kida's minimum all the same
      expect(yield* size(kida)).toBe(target.profile === "inline" ? 1 : 3)
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          withCores(target, 2),
          Environment.layer("local"),
          WorkloadProfiles.layer({
            thumbnails: { taskThreshold: 1, minWorkers: 2, maxWorkers: 2, cpuFraction: 1, parallelMultiplier: 1 }
          })
        )
      )
    )
  )

  row("a workload without profiles, and an environment that is none, are refused by name", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(makeProbe({ size: undefined, workload: "bake" }))).toMatchObject({
        _tag: "InvalidOption",
        option: "workload",
        expected: "render or compile or io",
        received: "bake"
      })
      const wrong = Layer.succeed(
        Environment.Current,
        Effect.fail(new Environment.InvalidEnvironment({ received: "staging" }))
      )
      expect(yield* Effect.flip(Effect.provide(makeProbe({ size: undefined }), wrong))).toMatchObject({
        _tag: "InvalidOption",
        option: "TROUPE_ENV",
        received: "staging"
      })
      expect(() => Actor.explain({})).toThrow("Cannot explain something that is not an actor")
    })
  )

  row("few quick items of a forEach stay in one worker, unless told otherwise", () =>
    Effect.gen(function* () {
      const workersOf = (probe: Effect.Success<ReturnType<typeof makeProbe>>, count: number, parallelize?: boolean) =>
        Actor.forEach(
          Array.from({ length: count }),
          () => probe.worker(),
          parallelize === undefined ? {} : { parallelize }
        ).pipe(Effect.map((workers) => new Set(workers.map(({ incarnation }) => incarnation)).size))
      const probe = yield* makeProbe({ size: 2, workload: "render", routing: "roundRobin" })
      // both workers are there
      yield* Actor.broadcast(probe.worker())
      expect(yield* workersOf(probe, 9)).toBe(1)
      expect(yield* workersOf(probe, 10)).toBe(target.profile === "inline" ? 1 : 2)
      expect(yield* workersOf(probe, 10, false)).toBe(1)
      expect(yield* workersOf(probe, 9, true)).toBe(target.profile === "inline" ? 1 : 2)
      const plain = yield* makeProbe({ size: 2, routing: "roundRobin" })
      yield* Actor.broadcast(plain.worker())
      expect(yield* workersOf(plain, 2)).toBe(target.profile === "inline" ? 1 : 2)
    })
  )
}
