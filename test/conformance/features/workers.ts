import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import type sequential from "../../adapters/sequential.adapter.ts"
import { type AddRow, adapter, fork, makeProbe, runtime, type Target, until, untilStats } from "../setup.ts"

export const workers = (target: Target, row: AddRow): void => {
  if (target.profile === "thread") {
    row("all workers serve, each with its own name and index", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe({ size: 3, options: { board }, name: "probe" })
        yield* untilStats(probe, (stats) => stats.workers.length === 3)
        const holding = yield* Effect.forEach([1, 2, 3], () => fork(probe.hold(board)))
        // three workers run one call each, so nobody serves twice
        yield* until(board, "entered", 3)
        Board.add(board, "released", 3)
        yield* Effect.forEach(holding, Fiber.join)
        const { workers } = yield* Actor.stats(probe)
        expect(workers.map(({ name }) => name).sort()).toEqual(["probe#0", "probe#1", "probe#2"])
        const seen = new Set<string>()
        const giveUp = performance.now() + 20_000
        while (seen.size < 3 && performance.now() < giveUp) {
          for (const worker of yield* Actor.forEach(Array(12).keys(), () => probe.worker()))
            seen.add(`${worker.index} ${worker.name}`)
        }
        expect([...seen].sort()).toEqual(["0 probe#0", "1 probe#1", "2 probe#2"])
      })
    )
  } else {
    row("there is one worker, whatever the size", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe({ size: 3, name: "probe" })
        expect(yield* probe.worker()).toMatchObject({ name: "probe#0", index: 0 })
        expect((yield* Actor.stats(probe)).workers).toHaveLength(1)
      })
    )
  }

  row('state "single" is one worker that serves one call at a time, first come first served', () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* Actor.make<typeof sequential>("Single", {
        adapter: adapter("sequential.adapter.ts"),
        state: "single"
      })
      const ordered = yield* Effect.forEach(Array.from({ length: 100 }).keys(), () => fork(actor.visit()))
      const overlapping = yield* Effect.forEach(Array.from({ length: 10 }).keys(), () => fork(actor.overlap(board)))
      expect(yield* Effect.forEach(ordered, Fiber.join)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
      yield* Effect.forEach(overlapping, Fiber.join)
      expect((yield* Actor.stats(actor)).workers).toHaveLength(1)
      expect([Board.read(board, "entered"), Board.read(board, "peak")]).toEqual([10, 1])
    })
  )

  row("calls of an adapter that declares nothing never overlap in a worker", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* Actor.make<typeof sequential>("Sequential", {
        adapter: adapter("sequential.adapter.ts"),
        size: 1
      })
      yield* Effect.forEach(Array(50).keys(), () => actor.overlap(board), { concurrency: "unbounded" })
      expect([Board.read(board, "entered"), Board.read(board, "peak")]).toEqual([50, 1])
    })
  )

  row("calls of a threadSafe adapter overlap up to its concurrency", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ concurrency: 3 })
      const holding = yield* Effect.forEach(Array(5).keys(), () => fork(probe.hold(board)))
      yield* until(board, "entered", 3)
      expect(Board.read(board, "running")).toBe(3)
      Board.add(board, "released", 5)
      yield* Effect.forEach(holding, Fiber.join)
      expect([Board.read(board, "entered"), Board.read(board, "peak")]).toEqual([5, 3])
    })
  )

  row("concurrency is refused where the adapter does not declare that it is threadSafe", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Actor.make<typeof sequential>("Sequential", {
          adapter: adapter("sequential.adapter.ts"),
          size: 1,
          concurrency: 2
        })
      )
      expect(error).toMatchObject({ _tag: "InvalidOption", option: "concurrency", received: 2 })
    })
  )

  row("without variables of its own, a worker has the environment of the main side, as that is now", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({})
      expect(yield* probe.env("TROUPE_LATER")).toBeUndefined()
      process.env["TROUPE_LATER"] = "set"
      const seen = yield* Effect.ensuring(
        probe.env("TROUPE_LATER"),
        Effect.sync(() => delete process.env["TROUPE_LATER"])
      )
      expect(seen).toBe("set")
    })
  )

  if (target.capabilities.environment) {
    row("each actor's workers have environment variables of their own, on top of the main side's", () =>
      Effect.gen(function* () {
        const one = yield* makeProbe({ env: { TROUPE_TEST: "one" } })
        const two = yield* makeProbe({ env: { TROUPE_TEST: "two" } })
        expect([yield* one.env("TROUPE_TEST"), yield* two.env("TROUPE_TEST")]).toEqual(["one", "two"])
        expect(yield* one.env("PATH")).toBe(process.env["PATH"])
        expect(process.env["TROUPE_TEST"]).toBeUndefined()
      })
    )
  } else {
    row("environment variables of its own are refused", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(makeProbe({ env: { TROUPE_TEST: "one" } }))
        expect(error).toMatchObject({ _tag: "Unsupported", actor: "Probe", runtime: `${runtime}, inline` })
      })
    )
  }

  if (target.capabilities.resourceLimits) {
    row("memory limits are accepted", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe({ resourceLimits: { maxOldGenerationSizeMb: 128 } })
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  } else {
    row("memory limits are refused", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(makeProbe({ resourceLimits: { maxOldGenerationSizeMb: 128 } }))
        expect(error).toMatchObject({ _tag: "Unsupported", feature: "resource limits" })
        expect(error.message).toContain("process profile")
      })
    )
  }

  if (target.capabilities.hardStop) {
    row("a hard stop can be required", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe({ requireHardStop: true })
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  } else {
    row("a required hard stop is refused, and the refusal names the process profile", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(makeProbe({ requireHardStop: true }))
        expect(error).toMatchObject({ _tag: "Unsupported", feature: "a hard stop" })
        expect(error.message).toContain("process profile")
      })
    )
  }
}
