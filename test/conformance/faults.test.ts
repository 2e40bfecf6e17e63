/**
 * Faults that need no death of a running worker: floods, huge values, workers that cannot be made, closing in the middle.
 * Each settles with the right error in bounded time, and the actor is usable afterwards.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { Actor, WorkerBackend } from "../../src/index.ts"
import { type ThrownKind } from "../adapters/thrown.ts"
import { balanced, type Basic, basicActor, inline, run, shared, type Target, thread, until } from "./target.ts"

const restart = { intensity: 50, minBackoff: 1, maxBackoff: 10 }

const usable = (actor: Basic): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    expect(yield* actor.add(1, 2)).toBe(3)
    expect(yield* balanced(actor)).toBe(true)
  })

/** A target whose backend fails to make the workers that `fails` names by their number, from 0. */
const failing = (target: Target, fails: (spawn: number) => boolean): Target => {
  let spawns = 0
  const layer = Layer.effect(
    WorkerBackend.WorkerBackend,
    Effect.map(WorkerBackend.WorkerBackend, (backend): WorkerBackend.WorkerBackendShape => ({
      ...backend,
      spawn: (options, channel, events) => {
        if (fails(spawns++)) throw Object.assign(new Error("no more threads"), { code: "EAGAIN" })
        return backend.spawn(options, channel, events)
      }
    }))
  ).pipe(Layer.provide(target.layer))
  return { ...target, layer }
}

for (const target of [thread, inline]) {
  describe(target.name, () => {
    it("a flood of 20000 calls is held in bounded memory, and every one is answered", async () => {
      await run(
        target,
        Effect.gen(function* () {
          const actor = yield* basicActor({ mailbox: { capacity: 100, overflow: "suspend" } })
          const numbers = Array.from({ length: 20_000 }, (_, n) => n)
          const results = yield* Effect.forEach(numbers, (n) => actor.add(n, 1), { concurrency: "unbounded" })
          expect(results).toEqual(numbers.map((n) => n + 1))
          yield* usable(actor)
        })
      )
    })

    it("a flood on an actor that refuses is refused beyond its capacity, and not before", async () => {
      await run(
        target,
        Effect.gen(function* () {
          const actor = yield* basicActor({ mailbox: { capacity: 100, overflow: "fail" } })
          const gate = shared(2)
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const exits = yield* Effect.forkChild(
            Effect.forEach(Array.from({ length: 20_000 }), () => Effect.exit(actor.add(1, 1)), {
              concurrency: "unbounded"
            })
          )
          yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 0)))
          expect((yield* Actor.stats(actor)).waiting).toBeLessThanOrEqual(100)
          Atomics.store(gate, 0, 1)
          const failed = (yield* Fiber.join(exits)).filter(Exit.isFailure)
          expect(failed.length).toBeGreaterThanOrEqual(20_000 - 100 - 1024)
          expect(failed.every((exit) => String(exit.cause).includes("MailboxFull"))).toBe(true)
          yield* Fiber.join(running)
          yield* usable(actor)
        })
      )
    })

    it("a huge value goes there and back, beside small ones", async () => {
      await run(
        target,
        Effect.gen(function* () {
          const actor = yield* basicActor({ size: 2 })
          const text = "x".repeat(16 * 2 ** 20)
          const [huge, small] = yield* Effect.all([actor.echo({ text }), actor.add(1, 1)], { concurrency: 2 })
          expect((huge as { readonly text: string }).text.length).toBe(text.length) // what was sent
          expect(small).toBe(2)
          yield* usable(actor)
        })
      )
    })

    it("closing twice, and at the same time, is closing once; calls that wait learn of it, later ones too", async () => {
      await run(
        target,
        Effect.gen(function* () {
          const scope = yield* Scope.make()
          const gate = shared(2)
          const actor = yield* Scope.provide(basicActor({ shutdownTimeout: 50 }), scope)
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const waiting = yield* Effect.forkChild(actor.add(1, 1))
          const close = Scope.close(scope, Exit.void)
          yield* Effect.all([close, close, Effect.delay(close, "1 milli")], { concurrency: "unbounded" })
          yield* close
          for (const call of [running, waiting]) {
            expect(yield* Effect.flip(Fiber.join<number, unknown>(call))).toMatchObject({ _tag: "ActorClosed" })
          }
          Atomics.store(gate, 0, 1)
          expect(yield* Effect.flip(actor.add(1, 1))).toMatchObject({ _tag: "ActorClosed", method: "add" })
          expect(yield* balanced(actor)).toBe(true)
        })
      )
    })

    it("a worker that the runtime cannot make fails the layer with what the runtime said", async () => {
      const error = await run(
        failing(target, () => true),
        Effect.flip(basicActor())
      )
      expect(error).toMatchObject({ _tag: "StartError", phase: "spawn", cause: { code: "EAGAIN" } })
      expect(String(error)).toContain("no more threads")
    })
  })
}

describe(thread.name, () => {
  it("a successor that the runtime cannot make at first is made later, and calls wait for it", async () => {
    await run(
      failing(thread, (spawn) => spawn === 1 || spawn === 2),
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart })
        expect(yield* Effect.flip(actor.exit(1))).toMatchObject({ _tag: "WorkerLost" })
        yield* usable(actor)
      })
    )
  })

  it("successors that the runtime can never make give the actor up", async () => {
    await run(
      failing(thread, (spawn) => spawn > 0),
      Effect.gen(function* () {
        const actor = yield* basicActor({ restart: { ...restart, intensity: 3 } })
        expect(yield* Effect.flip(actor.exit(1))).toMatchObject({ _tag: "WorkerLost" })
        const error = yield* Effect.flip(actor.add(1, 2))
        expect(error).toMatchObject({ _tag: "PoolFailed" })
        expect(String(error)).toContain("no more threads")
        expect(yield* balanced(actor)).toBe(true)
      })
    )
  })

  const kinds: ReadonlyArray<ThrownKind> = [
    ...(["function", "symbol", "null", "undefined", "string", "object"] as const),
    ...(["hostileGetter", "hostileMessage", "cycle", "functionField", "aggregate", "proxy"] as const)
  ]
  for (const kind of kinds) {
    it(`a worker that dies of a value of any kind (${kind}) fails its call and is replaced`, async () => {
      await run(
        thread,
        Effect.gen(function* () {
          const actor = yield* basicActor({ restart })
          const error = yield* Effect.flip(actor.crashWith(kind))
          expect(error).toMatchObject({ _tag: "WorkerLost", method: "crashWith", started: true })
          expect(error.message).toContain("was lost while it ran Basic.crashWith")
          yield* usable(actor)
        })
      )
    })
  }
})
