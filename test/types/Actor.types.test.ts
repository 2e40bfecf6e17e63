/**
 * What the compiler promises of an actor. Checked by the type check; that the file runs shows that nothing here is only
 * declared.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { Actor, type ActorError, type WorkerBackend } from "../../src/index.ts"
import * as Adapter from "../../src/worker/Adapter.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

const holds = <T extends true>(value?: T): void => void value

const adapter = Adapter.define({
  setup: (_context, options: { readonly size: number }) => ({
    size: options.size,
    add: (a: number, b: number) => a + b,
    later: async (name: string) => ({ name }),
    maybe: (yes: boolean): number | Promise<string> => (yes ? 1 : Promise.resolve("no")),
    loose: (value: any): any => value, // oxlint-disable-line typescript/no-explicit-any
    stops: (): never => {
      throw new Error("always")
    },
    same: <T>(value: T): T => value,
    optional: (a: string, b?: number, ...rest: Array<boolean>) => [a, b, rest].length,
    count: function* (to: number) {
      for (let n = 0; n < to; n++) yield n
    },
    lines: async function* (file: string) {
      yield file
    },
    listed: Adapter.stream((names: ReadonlyArray<string>) => names),
    known: Adapter.method((key: string) => key.length, { idempotent: true, timeout: "2 seconds" })
  })
})

type A = typeof adapter
type Shape = Actor.Shape<A>
type Failure = ActorError.ActorError

const plain = Adapter.define({ setup: () => ({ ping: () => "pong" as const }) })
const willing = Adapter.define({ setup: (_context, options?: { readonly a?: number }) => ({ get: () => options?.a }) })

class Named extends Actor.Service<Named, A>()("Named", { adapter: "file:///named.ts", options: { size: 1 } }) {}

class Missing extends Schema.TaggedError<Missing>()("Missing", { key: Schema.String }) {}

class Declaring extends Actor.Service<Declaring, A>()("Declaring", {
  adapter: "file:///declaring.ts",
  options: { size: 1 },
  errors: Missing
}) {}

type Declared = Context.Service.Shape<typeof Declaring>

it("types follow the declared errors", () => {
  holds<Equal<Declared["add"], (a: number, b: number) => Effect.Effect<number, Failure | Missing>>>()
  holds<Equal<Declared["count"], (to: number) => Stream.Stream<number, Failure | Missing>>>()
  holds<Equal<Actor.Shape<A, never>, Shape>>()
  // @ts-expect-error: not a Schema
  const mistake: Actor.Options<A, Missing> = { adapter: "file:///a.ts", options: { size: 1 }, errors: Error }
  expect([Declaring.key, mistake.errors]).toEqual(["Declaring", Error])
})

it("types follow the adapter", () => {
  holds<Equal<Shape["add"], (a: number, b: number) => Effect.Effect<number, Failure>>>()
  holds<Equal<Shape["later"], (name: string) => Effect.Effect<{ name: string }, Failure>>>()
  holds<Equal<Shape["maybe"], (yes: boolean) => Effect.Effect<number | string, Failure>>>()
  holds<Equal<ReturnType<Shape["stops"]>, Effect.Effect<never, Failure>>>()
  holds<Equal<ReturnType<Shape["loose"]>, Effect.Effect<any, Failure>>>() // oxlint-disable-line typescript/no-explicit-any
  // a type parameter does not survive the mapping: the value comes back as unknown
  holds<Equal<Shape["same"], (value: unknown) => Effect.Effect<unknown, Failure>>>()
  holds<Equal<Parameters<Shape["optional"]>, [a: string, b?: number | undefined, ...rest: Array<boolean>]>>()
  holds<Equal<Shape["count"], (to: number) => Stream.Stream<number, Failure>>>()
  holds<Equal<Shape["lines"], (file: string) => Stream.Stream<string, Failure>>>()
  holds<Equal<Shape["listed"], (names: ReadonlyArray<string>) => Stream.Stream<string, Failure>>>()
  holds<Equal<Shape["known"], (key: string) => Effect.Effect<number, Failure>>>()
  holds<Equal<"size" extends keyof Shape ? true : false, false>>()
  holds<Equal<typeof Named.layer, Layer.Layer<Named, ActorError.BuildError, WorkerBackend.WorkerBackend>>>()

  const mistakes = (actor: Shape): ReadonlyArray<unknown> => [
    // @ts-expect-error: no such method
    actor.ad(1, 2),
    // @ts-expect-error: a wrong argument
    actor.add(1, "2"),
    // @ts-expect-error: a missing argument
    actor.add(1),
    // @ts-expect-error: not a method
    actor.size(),
    // @ts-expect-error: options are required
    Actor.make<A>("A", { adapter: "file:///a.ts" }),
    // @ts-expect-error: an option of the wrong type
    Actor.make<A>("A", { adapter: "file:///a.ts", options: { size: "1" } }),
    // @ts-expect-error: no adapter
    Actor.make<A>("A", { options: { size: 1 } }),
    // @ts-expect-error: a misspelt option
    Actor.make<A>("A", { adapter: "file:///a.ts", options: { size: 1 }, workers: 2 }),
    Actor.make<typeof plain>("Plain", { adapter: "file:///plain.ts" }),
    Actor.make<typeof willing>("Willing", { adapter: "file:///willing.ts" }),
    Actor.make<typeof willing>("Willing", { adapter: "file:///willing.ts", options: { a: 1 } })
  ]
  expect(typeof mistakes).toBe("function")

  const bulk = (actor: Shape) => ({
    fail: Actor.forEach([1], (n) => actor.add(n, n)),
    result: Actor.forEach([1], (n) => actor.add(n, n), { mode: "result" }),
    limited: actor.add(1, 2).pipe(Actor.timeout("1 second"), Actor.interruption("terminate"), Actor.weight(2))
  })
  type Bulk = ReturnType<typeof bulk>
  holds<Equal<Bulk["fail"], Effect.Effect<Array<number>, Failure>>>()
  holds<Equal<Bulk["result"], Effect.Effect<Array<Result.Result<number, Failure>>>>>()
  holds<Equal<Bulk["limited"], Effect.Effect<number, Failure>>>()
})

interface Parent {
  readonly log: (line: string) => Promise<void>
  readonly find: (key: string) => Promise<number | undefined>
}

const live = Adapter.define({
  setup: (_context: Adapter.SetupContext<Parent>) => ({
    report: (steps: number, onStep: (step: number) => void) => void onStep(steps),
    ask: async (f: (question: string) => Promise<number>, ...rest: Array<(n: number) => Promise<void>>) =>
      [f, rest].length,
    maybe: (f?: (n: number) => Promise<string>) => f !== undefined,
    instant: (f: (n: number) => number) => f(1),
    sum: async (numbers: AsyncIterable<number>) => typeof numbers,
    either: async (numbers: AsyncIterable<number> | ReadonlyArray<number>) => typeof numbers,
    bytes: async (stream: ReadableStream<Uint8Array>) => typeof stream,
    anything: (value: unknown, other: any) => [value, other].length // oxlint-disable-line typescript/no-explicit-any
  })
})

type Live = Actor.Shape<typeof live>

it("types follow functions and streams of the main side", () => {
  holds<Equal<Parameters<Live["report"]>, [steps: number, onStep: Actor.Callback<(step: number) => void>]>>()
  holds<
    Equal<
      Parameters<Live["ask"]>,
      [f: Actor.Callback<(question: string) => number>, ...rest: Array<Actor.Callback<(n: number) => void>>]
    >
  >()
  holds<Equal<Parameters<Live["maybe"]>, [f?: Actor.Callback<(n: number) => string> | undefined]>>()
  holds<Equal<Parameters<Live["sum"]>, [numbers: Stream.Stream<number, unknown>]>>()
  holds<Equal<Parameters<Live["either"]>, [numbers: Stream.Stream<number, unknown> | ReadonlyArray<number>]>>()
  holds<Equal<Parameters<Live["bytes"]>, [stream: ReadableStream<Uint8Array>]>>()
  holds<Equal<Parameters<Live["anything"]>, [value: unknown, other: any]>>() // oxlint-disable-line typescript/no-explicit-any

  const calls = (actor: Live, failing: Stream.Stream<number, Error>): ReadonlyArray<unknown> => [
    actor.report(
      1,
      Actor.callback((step) => step.toFixed())
    ),
    actor.report(
      1,
      Actor.callback(() => 1)
    ),
    actor.ask(Actor.callback(async (question) => question.length)),
    actor.maybe(),
    actor.sum(failing),
    // @ts-expect-error: a bare function cannot go to another thread
    actor.report(1, (step: number) => void step),
    // @ts-expect-error: the method expects a number
    actor.ask(Actor.callback((question) => question)),
    // @ts-expect-error: the method passes a text
    actor.ask(Actor.callback((question: number) => question)),
    // @ts-expect-error: a function of another thread cannot answer at once
    actor.instant(Actor.callback((n: number) => n)),
    // @ts-expect-error: items of another type
    actor.sum(failing as unknown as Stream.Stream<string>)
  ]
  expect(typeof calls).toBe("function")
})

it("types follow the parent", () => {
  const actors = (parent: { readonly log: (line: string) => void; readonly find: (key: string) => number }) => [
    Actor.make<typeof live>("Live", { adapter: "file:///live.ts", parent }),
    // @ts-expect-error: the adapter calls its parent
    Actor.make<typeof live>("Live", { adapter: "file:///live.ts" }),
    // @ts-expect-error: a function is missing
    Actor.make<typeof live>("Live", { adapter: "file:///live.ts", parent: { log: () => undefined } }),
    // @ts-expect-error: an answer of the wrong type
    Actor.make<typeof live>("Live", { adapter: "file:///live.ts", parent: { ...parent, find: () => "none" } }),
    // @ts-expect-error: this adapter calls nobody
    Actor.make<typeof plain>("Plain", { adapter: "file:///plain.ts", parent })
  ]
  expect(typeof actors).toBe("function")
})

class Counter {
  count = 0
  add(n: number): number {
    return (this.count += n)
  }
  async *steps(to: number): AsyncGenerator<number> {
    for (let n = 0; n < to; n++) yield n
  }
}

interface Api {
  readonly resize: (bytes: Uint8Array, width: number) => Promise<Uint8Array>
  readonly version: string
  readonly name: () => string
}

it("types follow objects and Comlink workers", () => {
  type Success<T> = T extends Effect.Effect<infer A, infer _, infer __> ? A : never
  const counter = () => Actor.fromObject("Counter", new Counter())
  type Handle = Success<ReturnType<typeof counter>>
  holds<Equal<Handle["add"], (n: number) => Effect.Effect<number, Failure>>>()
  holds<Equal<Handle["steps"], (to: number) => Stream.Stream<number, Failure>>>()
  holds<Equal<"count" extends keyof Handle ? true : false, false>>()

  const images = () =>
    Actor.fromComlink<Api>()("Images", { worker: () => new MessageChannel().port1, methods: ["resize", "name"] })
  type Images = Success<ReturnType<typeof images>>
  holds<Equal<Images["resize"], (bytes: Uint8Array, width: number) => Effect.Effect<Uint8Array, Failure>>>()
  holds<Equal<Images["name"], () => Effect.Effect<string, Failure>>>()
  const mistakes = () => [
    // @ts-expect-error: not a function
    Actor.fromComlink<Api>()("Images", { worker: () => new MessageChannel().port1, methods: ["version"] }),
    // @ts-expect-error: no worker
    Actor.fromComlink<Api>()("Images", { worker: () => "worker", methods: ["name"] })
  ]
  expect([typeof images, typeof mistakes]).toEqual(["function", "function"])
})
