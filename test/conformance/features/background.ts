import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import type background from "../../adapters/background.adapter.ts"
import type { Background } from "../../adapters/background.adapter.ts"
import { adapter, type AddRow, runtime, type Target } from "../setup.ts"

export const backgrounds = (target: Target, row: AddRow): void => {
  const make = Actor.make<typeof background>("Background", { adapter: adapter("background.adapter.ts"), size: 1 })

  for (const what of ["timer", "immediate", "port", "tick", "promises"] as const satisfies ReadonlyArray<Background>) {
    row(`what an adapter leaves to its event loop goes on, however quickly calls follow (${what})`, () =>
      Effect.gen(function* () {
        const actor = yield* make
        // a worker that knows its work is quick
        for (let calls = 0; calls < 100; calls++) yield* actor.done()
        yield* actor.leave(what)
        // no pause between calls, and no end: a worker that starves its event loop fails by the time that a test has
        while ((yield* actor.done()) === 0);
      })
    )
  }

  // Deno 2.9 delivers messages between the microtasks of one chain
  if (runtime === "deno" && target.profile === "thread") return

  row("promises that an adapter leaves behind have gone on as far as they can before the next call", () =>
    Effect.gen(function* () {
      const actor = yield* make
      for (let left = 1; left <= 300; left++) {
        yield* actor.leave("promises")
        expect(yield* actor.done()).toBe(left)
      }
    })
  )
}
