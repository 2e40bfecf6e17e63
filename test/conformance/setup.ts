/**
 * What the features of the suite are written with: rows, and an actor with a method for everything that can happen. What
 * they run on is in `target.ts`, which programs outside of the test runner use as well.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { it } from "vitest"
import { Actor, type ActorError, type WorkerBackend } from "../../src/index.ts"
import * as Board from "../adapters/board.ts"
import type probe from "../adapters/probe.adapter.ts"
import { adapter, type Target } from "./target.ts"

export { adapter, comlink, inline, runtime, type Target, thread } from "./target.ts"

/** What a row needs: workers, and a scope that ends them. */
export type Row = Effect.Effect<void, unknown, Scope.Scope | WorkerBackend.WorkerBackend>

/** Adds one test, which runs `body` on the target. */
export type AddRow = (sentence: string, body: () => Row) => void

export const rows =
  (target: Target): AddRow =>
  (sentence, body) => {
    it(sentence, () => Effect.runPromise(Effect.suspend(body).pipe(Effect.scoped, Effect.provide(target.layer))))
  }

/** An actor with the methods of `probe.ts`: one worker that runs one call at a time, unless the options say more. */
export const makeProbe = (
  options: Partial<Actor.Options<typeof probe>> = {}
): Effect.Effect<Probe, ActorError.BuildError, Scope.Scope | WorkerBackend.WorkerBackend> =>
  Actor.make<typeof probe>("Probe", { adapter: adapter("probe.adapter.ts"), size: 1, ...options })

export type Probe = Actor.Shape<typeof probe>

/** Completes when the cell has reached `least`. */
export const until = (board: Board.Board, name: Board.Cell, least: number): Effect.Effect<void> =>
  Effect.promise(() => Board.until(board, name, least))

/** Completes when the actor's numbers are as `wanted`; dies, so that nothing hangs, when that takes 20 seconds. */
export const untilStats = (actor: object, wanted: (stats: Actor.Stats) => boolean): Effect.Effect<Actor.Stats> =>
  Effect.gen(function* () {
    const giveUp = performance.now() + 20_000
    for (;;) {
      const stats = yield* Actor.stats(actor)
      if (wanted(stats)) return stats
      if (performance.now() > giveUp) throw new Error(`Gave up waiting: the stats are ${JSON.stringify(stats)}`)
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))
    }
  })

/** Runs `effect` in a fiber of its own, submitted when this returns. */
export const fork = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<Fiber.Fiber<A, E>> =>
  Effect.forkDetach(effect, { startImmediately: true })
