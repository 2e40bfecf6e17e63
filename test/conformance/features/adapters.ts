import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { expect } from "vitest"
import { Actor } from "../../../src/index.ts"
import type { Adapter } from "../../../src/worker/Adapter.ts"
import * as Board from "../../adapters/board.ts"
import type broken from "../../adapters/broken.adapter.ts"
import type module from "../../adapters/module.adapter.ts"
import type { greeter } from "../../adapters/named.adapter.ts"
import type sequential from "../../adapters/sequential.adapter.ts"
import { type AddRow, adapter, makeProbe, type Target, untilStats } from "../setup.ts"

type Greeter = Adapter<{ greet: (name: string) => string }>

export const adapters = (target: Target, row: AddRow): void => {
  row("an adapter may be written in TypeScript", () =>
    Effect.gen(function* () {
      const probe = yield* makeProbe()
      expect(yield* probe.add(1, 2)).toBe(3)
    })
  )

  row("an adapter may be a JavaScript module that imports the package", () =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<Greeter>("Greeter", { adapter: adapter("greeter.adapter.mjs"), size: 1 })
      expect(yield* actor.greet("Ada")).toBe("Hello from a module, Ada!")
    })
  )

  row("an adapter may be a CommonJS module that requires the package", () =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<Greeter>("Greeter", { adapter: adapter("greeter.adapter.cjs"), size: 1 })
      expect(yield* actor.greet("Ada")).toBe("Hello from CommonJS, Ada!")
    })
  )

  row("the only adapter among the exports is found without a default export", () =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<typeof greeter>("Greeter", { adapter: adapter("named.adapter.ts"), size: 1 })
      expect(yield* actor.greet("Ada")).toBe("Hello, Ada!")
    })
  )

  row("the option export chooses between adapters", () =>
    Effect.gen(function* () {
      const options = { adapter: adapter("several.adapter.ts"), size: 1 }
      const polite = yield* Actor.make<Greeter>("Polite", { ...options, export: "polite" })
      const rude = yield* Actor.make<Greeter>("Rude", { ...options, export: "rude" })
      expect(yield* polite.greet("Ada")).toBe("Good day, Ada.")
      expect(yield* rude.greet("Ada")).toBe("What, Ada?")
    })
  )

  row("several adapters without a default are refused by their names", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Actor.make<Greeter>("Greeter", { adapter: adapter("several.adapter.ts"), size: 1 })
      )
      expect(error).toMatchObject({ _tag: "StartError", phase: "load", actor: "Greeter", worker: "Greeter#0" })
      expect(error.message).toContain("polite, rude")
    })
  )

  row("a module without an adapter is refused by the names of its exports", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Actor.make<Greeter>("Greeter", { adapter: adapter("none.adapter.ts"), size: 1 }))
      expect(error).toMatchObject({ _tag: "StartError", phase: "load" })
      expect(error.message).toContain("lookalike, version")
    })
  )

  row("an export that is missing, or is no adapter, is refused by its name", () =>
    Effect.gen(function* () {
      for (const name of ["kind", "version"]) {
        const error = yield* Effect.flip(
          Actor.make<Greeter>("Greeter", { adapter: adapter("named.adapter.ts"), export: name, size: 1 })
        )
        expect(error).toMatchObject({ _tag: "StartError", phase: "load" })
        expect(error.message).toContain(`"${name}"`)
      }
    })
  )

  row("a module that does not exist fails the start, and names its address", () =>
    Effect.gen(function* () {
      const missing = adapter("missing.adapter.ts")
      const error = yield* Effect.flip(Actor.make<Greeter>("Greeter", { adapter: missing, size: 1 }))
      expect(error).toMatchObject({ _tag: "StartError", phase: "load", adapter: missing.href })
    })
  )

  row("set-up receives its typed options, and runs once per worker", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const probe = yield* makeProbe({ options: { greeting: "Hej", board } })
      expect(yield* probe.greet("Ada")).toBe("Hej, Ada!")
      expect(yield* probe.greetLater("Ada")).toBe("Hej, Ada!")
      expect(Board.read(board, "setUps")).toBe(1)
    })
  )

  row("set-up may be asynchronous", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const actor = yield* Actor.make<typeof sequential>("Sequential", {
        adapter: adapter("sequential.adapter.ts"),
        options: { greeting: "Hej", board },
        size: 1
      })
      expect(yield* actor.greet("Ada")).toBe("Hej, Ada!")
      expect(Board.read(board, "setUps")).toBe(1)
    })
  )

  row("a set-up that throws fails the start with what it threw", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Actor.make<typeof broken>("Broken", { adapter: adapter("broken.adapter.ts"), options: "throws", size: 1 })
      )
      expect(error).toMatchObject({ _tag: "StartError", phase: "setup" })
      expect(error._tag === "StartError" ? error.cause : undefined).toMatchObject({
        name: "RangeError",
        message: "no database"
      })
    })
  )

  row("a set-up that returns no methods, or reserved names, fails the start", () =>
    Effect.gen(function* () {
      for (const [how, expected] of [
        ["number", "received number"],
        ["reserved", '"pipe"']
      ] as const) {
        const error = yield* Effect.flip(
          Actor.make<typeof broken>("Broken", { adapter: adapter("broken.adapter.ts"), options: how, size: 1 })
        )
        expect(error).toMatchObject({ _tag: "StartError", phase: "setup" })
        expect(error.message).toContain(expected)
      }
    })
  )

  row("dispose runs once in each worker when the scope closes", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const scope = yield* Scope.make()
      const size = target.profile === "thread" ? 2 : 1
      const probe = yield* Scope.provide(makeProbe({ options: { board }, size }), scope)
      yield* untilStats(probe, (stats) => stats.workers.length === size)
      expect(Board.read(board, "disposals")).toBe(0)
      yield* Scope.close(scope, Exit.void)
      expect(Board.read(board, "disposals")).toBe(size)
    })
  )

  row("a threadLocal is made on first use, once per worker, and disposed with it", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const scope = yield* Scope.make()
      const probe = yield* Scope.provide(makeProbe({ options: { board } }), scope)
      expect(yield* probe.add(1, 1)).toBe(2)
      expect(Board.read(board, "localsMade")).toBe(0)
      expect(yield* probe.local()).toBe(0)
      expect(yield* probe.local()).toBe(0)
      expect(Board.read(board, "localsMade")).toBe(1)
      yield* Scope.close(scope, Exit.void)
      expect(Board.read(board, "localsDisposed")).toBe(1)
    })
  )

  row("fromModule offers the functions of a module as methods", () =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<typeof module>("Path", { adapter: adapter("module.adapter.ts"), size: 1 })
      expect(yield* actor.join("a", "..", "b")).toBe("b")
      expect(yield* actor.parse("/a/b.md")).toMatchObject({ dir: "/a", name: "b", ext: ".md" })
    })
  )

  row("an actor is a service with a layer, and the layer may change its options", () =>
    Effect.gen(function* () {
      class Greeting extends Actor.Service<Greeting, typeof sequential>()("Greeting", {
        adapter: adapter("sequential.adapter.ts"),
        options: { greeting: "Hej" },
        size: 1
      }) {}
      const program = Effect.gen(function* () {
        const greeting = yield* Greeting
        return [yield* greeting.greet("Ada"), (yield* greeting.worker()).name]
      })
      expect(yield* Effect.provide(program, Greeting.layer)).toEqual(["Hej, Ada!", "Greeting#0"])
      expect(yield* Effect.provide(program, Greeting.layerWith({ name: "other" }))).toEqual(["Hej, Ada!", "other#0"])
    })
  )
}
