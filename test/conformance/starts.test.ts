/** Workers that never become ready: the layer fails with what kept them from it, in time, and leaves nothing behind. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { Actor } from "../../src/index.ts"
import type * as Adapter from "../../src/worker/Adapter.ts"
import type unsafe from "../adapters/unsafe.adapter.ts"
import { adapter, inline, run, shared, thread } from "./target.ts"

for (const target of [thread, inline]) {
  describe(`${target.name}: an actor whose worker cannot start`, () => {
    const start = (file: string, options: object = {}) =>
      Effect.flip(
        Effect.scoped(Actor.make<Adapter.Adapter<object>>("Start", { adapter: adapter(file), size: 1, ...options }))
      )

    it("fails with the error of the module", async () => {
      expect(await run(target, start("broken.mjs"))).toMatchObject({
        _tag: "StartError",
        phase: "load",
        cause: { message: "broken module" }
      })
    })

    it("fails when the module does not exist", async () => {
      const error = await run(target, start("missing.mjs"))
      expect(error).toMatchObject({ _tag: "StartError", phase: "load" })
      expect(error.message).toContain("missing.mjs")
    })

    it("fails when the module has not loaded within the start timeout", async () => {
      expect(await run(target, start("never.mjs", { startTimeout: 200 }))).toMatchObject({
        _tag: "StartError",
        phase: "timeout"
      })
    })

    it("fails with the error of the set-up", async () => {
      const options = { adapter: adapter("unsafe.adapter.ts"), options: { fails: true } }
      expect(await run(target, Effect.flip(Actor.make<typeof unsafe>("Start", options)))).toMatchObject({
        _tag: "StartError",
        phase: "setup",
        cause: { name: "TypeError", message: "setup refuses" }
      })
    })

    it("is disposed of once when it could", async () => {
      const disposed = shared(1)
      const options = { adapter: adapter("unsafe.adapter.ts"), options: { disposed }, size: 1 }
      await run(
        target,
        Effect.scoped(Effect.flatMap(Actor.make<typeof unsafe>("Start", options), (actor) => actor.step()))
      )
      expect(Atomics.load(disposed, 0)).toBe(1)
    })
  })
}
