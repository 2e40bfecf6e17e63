/**
 * What becomes of calls when their worker dies: each settles once with the right error, the actor is usable afterwards,
 * and nobody on another worker notices.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { Actor } from "../../src/index.ts"
import {
  balanced,
  type Basic,
  basicActor,
  comlink,
  run,
  runtime,
  shared,
  type Target,
  thread,
  until
} from "./target.ts"

const restart = { intensity: 20, minBackoff: 1, maxBackoff: 20 }

const notFound: unknown = expect.objectContaining({
  name: "NotFound",
  message: "no such page",
  code: "E_NOT_FOUND",
  details: { tried: ["a", "b"] },
  cause: expect.objectContaining({ name: "TypeError", cause: expect.objectContaining({ name: "RangeError" }) })
})

const usable = (actor: Basic): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    expect(yield* actor.add(1, 2)).toBe(3)
    expect(yield* balanced(actor)).toBe(true)
  })

const suite = (target: Target): void => {
  describe(`${target.name}: a worker that dies`, () => {
    const test = (name: string, program: () => Parameters<typeof run>[1]): void =>
      it(name, async () => {
        await run(target, program())
      })

    for (const code of [0, 3]) {
      test(`by process.exit(${code}) fails its running call`, () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ restart })
          const error = yield* Effect.flip(actor.exit(code))
          expect(error).toMatchObject({ _tag: "WorkerLost", method: "exit", started: true, reason: { _tag: "Exited" } })
          yield* usable(actor)
        }))
    }

    for (const [method, message] of [
      ["crash", "uncaught"],
      ["unhandled", "unhandled"]
    ] as const) {
      test(`by an error outside of its call (${method}) names that error`, () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ restart })
          const error = yield* Effect.flip(actor[method]())
          expect(error).toMatchObject({ _tag: "WorkerLost", reason: { _tag: "Exited" } })
          expect(error.message).toContain(message)
          yield* usable(actor)
        }))
    }

    test("tells the error that has ended it in full", () =>
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart })
        const error = yield* Effect.flip(actor.crashWith("notFound"))
        expect(error).toMatchObject({ _tag: "WorkerLost", reason: { _tag: "Exited", error: notFound } })
        expect(error.message).toContain("NotFound: no such page")
        yield* usable(actor)
      }))

    test("by process.exit has no error to tell, not even one that its adapter has caught", () =>
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart })
        expect(yield* actor.caught()).toBe("caught")
        const error = yield* Effect.flip(actor.exit(3))
        expect(error).toMatchObject({ _tag: "WorkerLost", reason: { _tag: "Exited", code: 3, error: undefined } })
        yield* usable(actor)
      }))

    test("lets calls that had not started run elsewhere, once each, and others alone", () =>
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart, size: 2 })
        const counter = shared(400)
        const gate = shared(2)
        // prefetch opens, so that a worker has calls in store when it dies
        yield* Actor.forEach(
          Array.from({ length: 2000 }, (_, n) => n),
          (n) => actor.add(n, 1)
        )
        const bystander = yield* Effect.forkChild(actor.hold(gate))
        yield* until(gate, 1, 1)
        const killer = actor.exit(1)
        const marks = Array.from({ length: 400 }, (_, n) => actor.mark(counter, n))
        const calls: Array<Effect.Effect<number, unknown>> = [...marks.slice(0, 40), killer, ...marks.slice(40)]
        const exits = yield* Effect.forEach(calls, (call) => Effect.exit(call), { concurrency: "unbounded" })
        // a call that was settled in the worker may have its answer lost with it; one that had not started may not
        for (const [index, exit] of exits.entries()) {
          if (index === 40) expect(Exit.isFailure(exit)).toBe(true)
          else if (Exit.isSuccess(exit)) expect(exit.value).toBe(1)
          else expect(String(exit.cause)).toContain("WorkerLost")
        }
        expect(exits.filter(Exit.isFailure).length).toBeLessThanOrEqual(41)
        for (const runs of counter) expect(runs).toBeLessThanOrEqual(1)
        Atomics.store(gate, 0, 1)
        expect(yield* Fiber.join(bystander)).toBe(1)
        yield* usable(actor)
      }))

    test("too often gives the actor up, with a typed error and without a storm", () =>
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart: { intensity: 2, period: "1 minute", minBackoff: 1 } })
        for (let death = 0; death < 3; death++) {
          expect((yield* Effect.flip(actor.exit(1)))._tag).toBe("WorkerLost")
        }
        const error = yield* Effect.flip(actor.add(1, 2))
        expect(error).toMatchObject({ _tag: "PoolFailed", deaths: 3 })
        expect(yield* balanced(actor)).toBe(true)
        expect((yield* Actor.stats(actor)).workers).toEqual([])
      }))

    if (target.link === "frames") {
      test("in the middle of a stream fails the stream after its items", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ restart })
          const items: Array<number> = []
          const error = yield* Effect.flip(
            Stream.runForEach(actor.dies(), (item) => Effect.sync(() => void items.push(item)))
          )
          expect(items).toEqual([1])
          expect(error).toMatchObject({ _tag: "WorkerLost", method: "dies" })
          yield* usable(actor)
        }))
    }
  })
}

suite(thread)
suite(comlink)

interface SpinReport {
  readonly timeout: string
  readonly interrupted: string
  readonly next: ReadonlyArray<number>
  readonly quarantined: number
  readonly balanced: boolean
  readonly closed: boolean
}

describe(`${thread.name}: a worker that spins`, () => {
  // on Deno the thread spins on for ever and would keep this very process from ending, so all runtimes use a child
  it("is replaced, or quarantined where threads cannot be stopped, and its callers are answered", async () => {
    const script = fileURLToPath(new URL("./spin.child.ts", import.meta.url))
    const args = runtime === "deno" ? ["run", "-A", script] : [script]
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, args, { timeout: 50_000, killSignal: "SIGKILL" }, (error, stdout) => {
        if (stdout.includes("}")) resolve(stdout)
        else reject(error ?? new Error(stdout))
      })
    })
    // printed by the script
    const report = JSON.parse(output) as SpinReport
    expect(report).toEqual({
      timeout: "CallTimeout",
      interrupted: "gone",
      next: [3, 3],
      quarantined: thread.capabilities.hardStop ? 0 : 2,
      balanced: true,
      closed: true
    })
  })
})
