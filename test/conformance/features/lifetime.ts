import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import * as Adapter from "../../../src/worker/Adapter.ts"
import * as Board from "../../adapters/board.ts"
import { againKey } from "../../adapters/probe.ts"
import { type AddRow, fork, makeProbe, type Probe, type Target, until } from "../setup.ts"

/** Runs `ask`, and answers it with what `onBehalf` makes of the call's id. */
const asking = (probe: Probe, onBehalf: (id: string) => Effect.Effect<unknown>): Effect.Effect<unknown, unknown> =>
  Effect.gen(function* () {
    const { port1, port2 } = new MessageChannel()
    const id = new Promise<string>((resolve) => {
      port1.onmessage = (event) => resolve(event.data)
    })
    const call = yield* fork(probe.ask(Adapter.move(port2)))
    port1.postMessage(yield* onBehalf(yield* Effect.promise(() => id)))
    const answer = yield* Fiber.join(call)
    port1.close()
    return answer
  })

export const cycles = (target: Target, row: AddRow): void => {
  if (target.link === "comlink") {
    row("a call has no id over plain Comlink, so only a timeout ends a cycle", () =>
      Effect.gen(function* () {
        const board = Board.make()
        const probe = yield* makeProbe()
        const holding = yield* fork(probe.hold(board))
        yield* until(board, "entered", 1)
        const error = yield* probe.touch(board).pipe(Actor.onBehalfOf("1:1"), Actor.timeout("5 millis"), Effect.flip)
        expect(error).toMatchObject({ _tag: "CallTimeout", started: false })
        Board.add(board, "released")
        yield* Fiber.join(holding)
        expect(Board.read(board, "touched")).toBe(0)
      })
    )
    return
  }

  row("a call on behalf of one that holds the only slot fails with CallCycle instead of waiting for ever", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      const answer = yield* asking(probe, (id) =>
        probe.add(1, 2).pipe(
          Actor.onBehalfOf(id),
          Effect.flip,
          Effect.map((error) => ({ ...error })),
          Effect.orDie
        )
      )
      expect(answer).toMatchObject({ _tag: "CallCycle", actor: "Probe", method: "add", slots: 1 })
      expect(yield* probe.add(1, 2)).toBe(3)
    })
  )

  row("a call on behalf of another one runs while there is another slot", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe({ concurrency: 2 })
      const answer = yield* asking(probe, (id) => probe.add(1, 2).pipe(Actor.onBehalfOf(id), Effect.orDie))
      expect(answer).toBe(3)
    })
  )

  if (target.profile === "inline") {
    row("an inline adapter that calls its own actor through a full pool is told so by itself", () =>
      Effect.gen(function* () {
        const probe = yield* makeProbe()
        const again = (): Promise<unknown> =>
          Effect.runPromise(
            probe.add(1, 2).pipe(
              Effect.flip,
              Effect.map((error) => error._tag),
              Effect.orDie
            )
          )
        const registry = globalThis as { [againKey]?: () => Promise<unknown> } // where the adapter looks for it
        registry[againKey] = again
        expect(
          yield* Effect.ensuring(
            probe.again(),
            Effect.sync(() => delete registry[againKey])
          )
        ).toBe("CallCycle")
        expect(yield* probe.add(1, 2)).toBe(3)
      })
    )
  }
}

export const closing = (target: Target, row: AddRow): void => {
  row("closing lets calls end that run or wait, and refuses those that come after", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const scope = yield* Scope.make()
      const probe = yield* Scope.provide(makeProbe(), scope)
      const running = yield* fork(probe.hold(board))
      yield* until(board, "entered", 1)
      const waiting = yield* fork(probe.touch(board))
      const closing = yield* fork(Scope.close(scope, Exit.void))
      expect(yield* Effect.flip(probe.touch(board))).toMatchObject({ _tag: "ActorClosed", method: "touch" })
      Board.add(board, "released")
      expect([yield* Fiber.join(running), yield* Fiber.join(waiting)]).toEqual([1, 1])
      yield* Fiber.join(closing)
      expect(yield* Effect.flip(probe.add(1, 2))).toMatchObject({ _tag: "ActorClosed", actor: "Probe", method: "add" })
      expect(yield* Effect.flip(Stream.runCollect(probe.numbers(3)))).toMatchObject({ _tag: "ActorClosed" })
      expect(yield* Actor.stats(probe)).toMatchObject({ submitted: 5, succeeded: 2, failed: 3, workers: [] })
    })
  )

  row("calls that do not end within the shutdown timeout fail with ActorClosed", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const scope = yield* Scope.make()
      const probe = yield* Scope.provide(makeProbe({ shutdownTimeout: "100 millis" }), scope)
      const running = yield* fork(Effect.flip(probe.hold(board)))
      yield* until(board, "entered", 1)
      const waiting = yield* fork(Effect.flip(probe.touch(board)))
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.join(running)).toMatchObject({ _tag: "ActorClosed", method: "hold" })
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "ActorClosed", method: "touch" })
      // where the method shares this thread it runs on, until it is released
      Board.add(board, "released")
      if (target.profile === "inline") yield* until(board, "left", 1)
      expect(Board.read(board, "touched")).toBe(0)
    })
  )
}
