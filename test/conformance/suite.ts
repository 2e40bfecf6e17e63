/**
 * The conformance suite: what every runtime, worker profile and link has to do. Written once; what a target cannot do
 * is a typed rejection, keyed on its capability record.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { describe, expect, it } from "vitest"
import { Actor, type ActorError } from "../../src/index.ts"
import * as Adapter from "../../src/worker/Adapter.ts"
import type unsafe from "../adapters/unsafe.adapter.ts"
import type wrapped from "../adapters/wrapped.adapter.ts"
import { adapter, balanced, type Basic, basicActor, run, shared, type Target, until } from "./target.ts"

type Failure = ActorError.ActorError | ActorError.BuildError

/** The failure of an effect that has to fail. */
const failure = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Failure, A, R> =>
  // the suite only runs what fails with errors of troupe
  Effect.flip(effect) as Effect.Effect<Failure, A, R>

const remote = (error: Failure): Error & Record<string, unknown> => {
  expect(error._tag).toBe("MethodError")
  // what a method threw as an error
  return error.cause as Error & Record<string, unknown>
}

const usable = (actor: Basic): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    expect(yield* actor.add(1, 2)).toBe(3)
    expect(yield* balanced(actor)).toBe(true)
  })

export const suite = (target: Target): void => {
  const test = (name: string, program: () => Parameters<typeof run>[1]): void =>
    it(name, async () => {
      await run(target, program())
    })
  const { capabilities, frames } = target

  describe(target.name, () => {
    describe("adapters", () => {
      test("run from TypeScript, with their options", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ options: { greeting: "Hi" } })
          expect(yield* actor.greet("you")).toBe("Hi, you!")
          expect(yield* actor.local()).toEqual([1, 1])
        }))

      for (const file of ["plain.mjs", "common.cjs"]) {
        test(`run from ${file}`, () =>
          Effect.gen(function* () {
            const actor = yield* Actor.make<Adapter.Adapter<{ add: (a: number, b: number) => number }>>("Plain", {
              adapter: adapter(file),
              size: 1
            })
            expect(yield* actor.add(2, 3)).toBe(5)
          }))
      }

      test("are picked by the name of their export", () =>
        Effect.gen(function* () {
          const actor = yield* Actor.make<Adapter.Adapter<{ which: () => number }>>("Several", {
            adapter: adapter("several.mjs"),
            export: "two",
            size: 1
          })
          expect(yield* actor.which()).toBe(2)
        }))

      const refused = (file: string, phase: string, text: RegExp, options: object = {}): void =>
        test(`from ${file} are refused: ${text.source}`, () =>
          Effect.gen(function* () {
            const error = yield* failure(
              Actor.make<Adapter.Adapter<object>>("Refused", { adapter: adapter(file), size: 1, ...options })
            )
            expect(error).toMatchObject({ _tag: "StartError", phase })
            expect(error.message).toMatch(text)
          }))
      refused("several.mjs", "load", /one, two/)
      refused("several.mjs", "load", /"three"/, { export: "three" })
      refused("none.mjs", "load", /received nothing/)
      refused("broken.mjs", "load", /broken module/)
      refused("missing.mjs", "load", /missing\.mjs/)

      test("that never finish loading run into the start timeout", () =>
        Effect.gen(function* () {
          const error = yield* failure(
            Actor.make<Adapter.Adapter<object>>("Never", { adapter: adapter("never.mjs"), size: 1, startTimeout: 200 })
          )
          expect(error).toMatchObject({ _tag: "StartError", phase: "timeout" })
        }))

      test("whose set-up throws fail the layer with its error", () =>
        Effect.gen(function* () {
          const error = yield* failure(
            Actor.make<typeof unsafe>("Unsafe", { adapter: adapter("unsafe.adapter.ts"), options: { fails: true } })
          )
          expect(error).toMatchObject({ _tag: "StartError", phase: "setup" })
          expect(error.cause).toMatchObject({ name: "TypeError", message: "setup refuses" })
        }))

      test("wrap a module that knows nothing of troupe", () =>
        Effect.gen(function* () {
          const actor = yield* Actor.make<typeof wrapped>("Path", { adapter: adapter("wrapped.adapter.ts"), size: 1 })
          expect(yield* actor.join("a", "..", "b")).toBe("b")
        }))

      test("never run two calls at once unless they say that they may", () =>
        Effect.gen(function* () {
          const options = { adapter: adapter("unsafe.adapter.ts"), options: {}, size: 1 } as const
          const actor = yield* Actor.make<typeof unsafe>("Unsafe", options)
          const steps = yield* Effect.forEach(Array.from({ length: 20 }), () => actor.step(), { concurrency: 20 })
          expect(steps).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
          const error = yield* failure(Actor.make<typeof unsafe>("Unsafe", { ...options, concurrency: 2 }))
          expect(error).toMatchObject({ _tag: "InvalidOption", option: "concurrency", received: 2 })
        }))

      test("run as many calls at once as they are told to", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ concurrency: 3 })
          const gate = shared(2)
          const calls = yield* Effect.forkChild(
            Effect.forEach([1, 2, 3, 4, 5], () => actor.hold(gate), { concurrency: 5 })
          )
          yield* until(gate, 1, 3)
          Atomics.store(gate, 0, 1)
          expect(Math.max(...(yield* Fiber.join(calls)))).toBe(3)
        }))

      test("are disposed of once when the scope closes", () =>
        Effect.gen(function* () {
          const disposed = shared(1)
          yield* Effect.scoped(
            Effect.gen(function* () {
              const actor = yield* Actor.make<typeof unsafe>("Unsafe", {
                adapter: adapter("unsafe.adapter.ts"),
                options: { disposed },
                size: 1
              })
              yield* actor.step()
            })
          )
          expect(Atomics.load(disposed, 0)).toBe(1)
        }))
    })

    describe("options", () => {
      const invalid: ReadonlyArray<readonly [string, object]> = [
        ["size", { size: 0 }],
        ["size", { size: 1.5 }],
        ["concurrency", { concurrency: -1 }],
        ["mailbox.capacity", { mailbox: { capacity: 0 } }],
        ["mailbox.overflow", { mailbox: { overflow: "drop" } }],
        ["timeout", { timeout: "soon" }],
        ["state", { state: "shared" }],
        ["size", { state: "single", size: 2 }],
        ["adapter", { adapter: "not a URL" }],
        ["options.greeting", { options: { greeting: () => "Hi" } }]
      ]
      for (const [option, options] of invalid) {
        test(`refuse ${JSON.stringify(options)}, naming ${option}`, () =>
          Effect.gen(function* () {
            expect(yield* failure(basicActor(options))).toMatchObject({ _tag: "InvalidOption", option })
          }))
      }

      const either = (
        feature: string,
        supported: boolean,
        options: object,
        check: (actor: Basic) => Effect.Effect<void, unknown>
      ): void =>
        test(`give ${feature}, or refuse it by name`, () =>
          Effect.gen(function* () {
            if (supported) yield* check(yield* basicActor(options))
            else expect(yield* failure(basicActor(options))).toMatchObject({ _tag: "Unsupported" })
          }))
      either("a worker's own environment", capabilities.environment, { env: { TROUPE_TEST: "mine" } }, (actor) =>
        Effect.gen(function* () {
          expect(yield* actor.env("TROUPE_TEST")).toBe("mine")
          expect(process.env["TROUPE_TEST"]).toBeUndefined()
        })
      )
      either("memory limits", capabilities.resourceLimits, { resourceLimits: { maxOldGenerationSizeMb: 128 } }, usable)
      either("a hard stop", capabilities.hardStop, { requireHardStop: true }, usable)

      test("spread calls over all workers", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ size: 3, name: "crew" })
          const size = capabilities.isolated ? 3 : 1
          const gate = shared(2)
          const calls = yield* Effect.forkChild(
            Effect.forEach(Array.from({ length: size }), () => actor.hold(gate), { concurrency: size })
          )
          yield* until(gate, 1, size)
          Atomics.store(gate, 0, 1)
          yield* Fiber.join(calls)
          const { workers } = yield* Actor.stats(actor)
          expect(workers.map(({ name }) => name).sort()).toEqual(["crew#0", "crew#1", "crew#2"].slice(0, size))
        }))

      test("keep a single actor's calls in order, one at a time", () =>
        Effect.gen(function* () {
          const actor = yield* Actor.make<typeof unsafe>("Single", {
            adapter: adapter("unsafe.adapter.ts"),
            options: {},
            state: "single"
          })
          const steps = yield* Actor.forEach(Array.from({ length: 50 }), () => actor.step())
          expect(steps).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
          expect((yield* Actor.stats(actor)).workers.length).toBe(1)
        }))

      if (capabilities.console && frames) {
        test("capture what a worker prints, with its name", () =>
          Effect.gen(function* () {
            const lines: Array<{ text: unknown; worker: unknown; level: string }> = []
            const heard = yield* Deferred.make<void>()
            const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
              const annotations = fiber.getRef(References.CurrentLogAnnotations)
              lines.push({ text: String(message), worker: annotations["worker"], level: logLevel })
              Deferred.doneUnsafe(heard, Effect.void)
            })
            yield* Effect.gen(function* () {
              const actor = yield* basicActor()
              yield* actor.print("from afar")
              yield* Deferred.await(heard)
            }).pipe(Effect.provide(Logger.layer([logger])))
            expect(lines).toEqual([
              { text: expect.stringMatching(/^from afar \{\s+n: 1,?\s+\}$/), worker: "Basic#0", level: "Warn" }
            ])
          }))
      }
    })

    describe("the mailbox", () => {
      test("suspends callers when it is full, by default", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ mailbox: { capacity: 2 } })
          const sums = yield* Effect.forEach(
            Array.from({ length: 500 }, (_, n) => n),
            (n) => actor.add(n, 1),
            {
              concurrency: 500
            }
          )
          expect(sums).toEqual(Array.from({ length: 500 }, (_, n) => n + 1))
        }))

      test("refuses callers when it is full, if told to", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ mailbox: { capacity: 2, overflow: "fail" } })
          const gate = shared(2)
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const waiting = yield* Effect.forkChild(
            Effect.forEach([1, 2], (n) => actor.add(n, 1), { concurrency: 2 }),
            { startImmediately: true }
          )
          expect(yield* failure(actor.add(1, 1))).toMatchObject({ _tag: "MailboxFull", capacity: 2, method: "add" })
          Atomics.store(gate, 0, 1)
          yield* Fiber.join(running)
          expect(yield* Fiber.join(waiting)).toEqual([2, 3])
          yield* usable(actor)
        }))

      test("holds 20 000 calls and loses none", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const counter = shared(1)
          yield* Effect.forEach(Array.from({ length: 20_000 }), () => actor.mark(counter, 0), {
            concurrency: "unbounded",
            discard: true
          })
          expect(Atomics.load(counter, 0)).toBe(20_000)
          yield* usable(actor)
        }))
    })

    describe("timeouts", () => {
      test("fail a call that waits, which then never runs", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const gate = shared(2)
          const counter = shared(1)
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const error = yield* failure(actor.mark(counter, 0).pipe(Actor.timeout("20 millis")))
          expect(error).toMatchObject({ _tag: "CallTimeout", started: false, timeout: 20 })
          Atomics.store(gate, 0, 1)
          yield* Fiber.join(running)
          yield* usable(actor)
          expect(Atomics.load(counter, 0)).toBe(0)
        }))

      test("are those of the caller before those of the method", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ timeout: "1 minute" })
          expect(yield* failure(actor.quick(10_000))).toMatchObject({ _tag: "CallTimeout", timeout: 40 })
          yield* actor.quick(60).pipe(Actor.timeout(Number.POSITIVE_INFINITY))
        }))

      if (frames) {
        test("ask a running method to stop, and tell it when", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor({ grace: "30 seconds" })
            for (const method of ["untilAborted", ...(capabilities.isolated ? ["untilCancelled"] : [])] as const) {
              const state = shared(2)
              const error = yield* failure(actor[method as "untilAborted"](state).pipe(Actor.timeout("50 millis")))
              expect(error).toMatchObject({ _tag: "CallTimeout", started: true })
              yield* until(state, 1, 1)
              yield* usable(actor)
            }
            const left = yield* actor.deadline().pipe(Actor.timeout("1 minute"))
            expect(left).toBeGreaterThan(0)
            expect(left).toBeLessThanOrEqual(60_000)
            expect(yield* actor.deadline()).toBeUndefined()
          }))
      }
    })

    describe("interruption", () => {
      test("of a caller that waits: the call never runs", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const gate = shared(2)
          const counter = shared(1)
          const running = yield* Effect.forkChild(actor.hold(gate))
          yield* until(gate, 1, 1)
          const waiting = yield* Effect.forkChild(actor.mark(counter, 0), { startImmediately: true })
          yield* Fiber.interrupt(waiting)
          Atomics.store(gate, 0, 1)
          yield* Fiber.join(running)
          yield* usable(actor)
          expect(Atomics.load(counter, 0)).toBe(0)
          expect((yield* Actor.stats(actor)).interrupted).toBe(1)
        }))

      if (frames) {
        test("of a caller whose call runs: its signal fires, and its slot is free when it has ended", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor()
            const state = shared(2)
            const fiber = yield* Effect.forkChild(actor.untilAborted(state))
            yield* until(state, 0, 1)
            yield* Fiber.interrupt(fiber)
            yield* usable(actor)
            expect(Atomics.load(state, 1)).toBe(1)
          }))
      }
    })

    describe("streams", () => {
      if (!frames) {
        test("are refused by a link that has none", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor()
            expect(yield* failure(Stream.runCollect(actor.count(3)))).toMatchObject({ _tag: "SerializationError" })
            yield* usable(actor)
          }))
        return
      }
      test("deliver every item in order", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          expect(yield* Stream.runCollect(actor.count(10_000))).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1))
          expect(yield* Stream.runCollect(actor.count(0))).toEqual([])
          expect(yield* Stream.runCollect(actor.listed(["a", "b"]))).toEqual(["a", "b"])
          yield* usable(actor)
        }))

      test("stop their producer while the consumer is slow", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const state = shared(2)
          let consumed = 0
          yield* Stream.runForEach(actor.produce(state, 400), () =>
            Effect.gen(function* () {
              consumed++
              if (consumed % 40 === 0) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
              // what was sent, and the part of it that the consumer has taken in one go, are one window each
              expect(Atomics.load(state, 0) - consumed).toBeLessThanOrEqual(2 * 64)
            })
          )
          expect(consumed).toBe(400)
        }))

      test("run their producer's finally when nobody wants more, and hold their slot until then", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const state = shared(2)
          expect(yield* actor.produce(state, 1_000_000).pipe(Stream.take(3), Stream.runCollect)).toEqual([1, 2, 3])
          yield* usable(actor)
          expect(Atomics.load(state, 1)).toBe(1)
        }))

      test("fail after the items that came before the failure", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const items: Array<number> = []
          const error = yield* failure(Stream.runForEach(actor.breaks(), (item) => Effect.sync(() => items.push(item))))
          expect(items).toEqual([1, 2])
          expect(remote(error)).toMatchObject({ name: "RangeError", message: "mid-stream" })
          yield* usable(actor)
        }))
    })

    describe("forEach", () => {
      test("keeps the order of the items and reads no further than it is told", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor({ size: 2 })
          let read = 0
          let done = 0
          let ahead = 0
          const items = (function* () {
            for (let n = 0; n < 300; n++) {
              read++
              ahead = Math.max(ahead, read - done)
              yield n
            }
          })()
          const sums = yield* Actor.forEach(
            items,
            (n) =>
              Effect.map(actor.add(n, n), (sum) => {
                done++
                return sum
              }),
            { inFlight: 16 }
          )
          expect(sums).toEqual(Array.from({ length: 300 }, (_, n) => 2 * n))
          expect(ahead).toBeLessThanOrEqual(17)
          expect(yield* Actor.forEach([], (n: number) => actor.add(n, n))).toEqual([])
        }))

      test("fails fast, and never starts the rest", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const error = yield* failure(
            Actor.forEach(
              Array.from({ length: 1000 }, (_, n) => n),
              (n): Effect.Effect<unknown, ActorError.ActorError> =>
                n === 3 ? actor.throws("range") : actor.later(n, 1),
              { inFlight: 4 }
            )
          )
          expect(remote(error).message).toBe("out of range")
          expect((yield* Actor.stats(actor)).submitted).toBeLessThan(20)
          yield* usable(actor)
        }))

      test("gives a result per item, if told to", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const results = yield* Actor.forEach(
            [1, 2, 3],
            (n): Effect.Effect<unknown, ActorError.ActorError> => (n === 2 ? actor.throws("range") : actor.add(n, n)),
            { mode: "result" }
          )
          expect(results.map((result) => result._tag)).toEqual(["Success", "Failure", "Success"])
        }))
    })

    describe("errors", () => {
      test("keep name, message, code, tag, fields, causes and the worker's stack", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          for (const call of [actor.throws("range"), actor.rejects("range")]) {
            const error = remote(yield* failure(call))
            expect(error).toBeInstanceOf(Error)
            expect(error).toMatchObject({
              name: "RangeError",
              message: "out of range",
              code: "E_RANGE",
              _tag: "Broken",
              detail: { at: [1, 2] }
            })
            expect(error["inner"]).toMatchObject({ name: "SyntaxError", message: "inside" })
            expect(error.cause).toMatchObject({ name: "TypeError", message: "root" })
            expect(error.stack).toContain("basic.adapter")
            expect(Object.keys(error).sort()).toEqual(["_tag", "code", "detail", "inner"])
          }
          const several = remote(yield* failure(actor.throws("aggregate")))
          expect(several["errors"]).toMatchObject([{ name: "TypeError", message: "one" }, "two"])
          yield* usable(actor)
        }))

      test("carry whatever else was thrown", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const values = { string: "a string", null: null, undefined, number: 42, object: { code: 7 } }
          for (const [what, value] of Object.entries(values)) {
            const error = yield* failure(actor.throws(what))
            expect(error).toMatchObject({ _tag: "MethodError" })
            expect(error.cause).toEqual(value)
          }
          for (const what of ["function", "symbol", "hostile", "proxy"]) {
            expect(remote(yield* failure(actor.throws(what)))).toBeInstanceOf(Error)
          }
          yield* usable(actor)
        }))

      test("name the path of what cannot be cloned, and fail alone", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const paths: ReadonlyArray<readonly [unknown, string]> = [
            [{ onClick: () => 1 }, "args[0].onClick"],
            [{ list: [1, 2, { "a b": Symbol("s") }] }, 'args[0].list[2]["a b"]'],
            [new Map([["key", () => 1]]), 'args[0].get("key")'],
            [() => 1, "args[0]"],
            [new WeakMap(), "args[0]"]
          ]
          const exits = yield* Effect.forEach(
            [...paths.map(([value]) => actor.echo(value)), ...Array.from({ length: 50 }, (_, n) => actor.add(n, 1))],
            (call) => Effect.exit(call as Effect.Effect<unknown, Failure>),
            { concurrency: "unbounded" }
          )
          expect(exits.filter(Exit.isSuccess).length).toBe(50)
          for (const [index, [value, path]] of paths.entries()) {
            void index
            const error = yield* failure(actor.echo(value))
            expect(error).toMatchObject({ _tag: "SerializationError", direction: "argument", path })
          }
          const result = yield* failure(actor.uncloneable())
          expect(result).toMatchObject({
            _tag: "SerializationError",
            direction: "result",
            path: "result.items[1].onClick"
          })
          expect(yield* failure(actor.symbol())).toMatchObject({ _tag: "SerializationError", path: "result" })
          yield* usable(actor)
        }))
    })

    if (frames) {
      describe("moved values", () => {
        test("leave their sender and come back", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor()
            const bytes = new Uint8Array(1000).fill(7)
            const back = yield* actor.moveBack(Adapter.move(bytes))
            expect(bytes.byteLength).toBe(0)
            expect([back.byteLength, back[999]]).toEqual([1000, 7])
            const nested = new ArrayBuffer(8)
            expect(yield* actor.echo({ deep: [Adapter.move(nested)] })).toMatchObject({ deep: [{ byteLength: 8 }] })
            expect(nested.byteLength).toBe(0)
          }))

        test("are cloned when others may use the rest of their buffer", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor()
            const whole = new Uint8Array(100).fill(1)
            const part = whole.subarray(10, 20)
            expect(yield* actor.echo(Adapter.move(part))).toMatchObject({ byteLength: 10 })
            expect(whole.byteLength).toBe(100)
          }))

        test("stay with their sender when the call cannot be sent", () =>
          Effect.gen(function* () {
            const actor = yield* basicActor()
            const bytes = new Uint8Array(10)
            const error = yield* failure(actor.echo({ bytes: Adapter.move(bytes), bad: () => 1 }))
            expect(error).toMatchObject({ _tag: "SerializationError", path: "args[0].bad" })
            expect(bytes.byteLength).toBe(10)
            expect(yield* failure(actor.detached())).toMatchObject({ _tag: "SerializationError", direction: "result" })
            yield* usable(actor)
          }))
      })

      test("an actor that calls itself through a full pool is told so", () =>
        Effect.gen(function* () {
          const actor = yield* basicActor()
          const context = yield* Effect.context<never>()
          const ask = (question: number, id?: string): Promise<number> => {
            const call = id === undefined ? actor.add(question, 1) : Actor.onBehalfOf(actor.add(question, 1), id)
            return Effect.runPromiseWith(context)(
              Effect.catchTag(call, "CallCycle", () => Effect.succeed(-1)) as Effect.Effect<number>
            )
          }
          if (capabilities.isolated) {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = ({ data }) =>
              void ask(data.question, data.id).then((answer) => {
                port1.postMessage(answer)
                port1.close()
              })
            expect(yield* actor.ask(Adapter.move(port2), 1)).toBe(-1)
          } else {
            Object.assign(globalThis, { askHere: ask })
            expect(yield* actor.askHere(1)).toBe(-1)
          }
          yield* usable(actor)
        }))
    }

    test("a call makes a span where somebody traces, and none elsewhere", () =>
      Effect.gen(function* () {
        const actor = yield* basicActor()
        const spans: Array<string> = []
        const tracer = Tracer.make({
          span: (options) => {
            spans.push(options.name)
            return new Tracer.NativeSpan(options)
          }
        })
        yield* actor.add(1, 1)
        expect(spans).toEqual([])
        yield* Effect.withTracer(actor.add(1, 1), tracer)
        expect(spans).toEqual(["Basic.add"])
      }))

    test("closing lets running calls end, and later ones fail", () =>
      Effect.gen(function* () {
        const { actor, running } = yield* Effect.scoped(
          Effect.gen(function* () {
            const actor = yield* basicActor()
            const running = yield* Effect.forkDetach(actor.later(7, 50), { startImmediately: true })
            return { actor, running }
          })
        )
        expect(yield* Fiber.join(running)).toBe(7)
        expect(yield* failure(actor.add(1, 1))).toMatchObject({ _tag: "ActorClosed" })
        expect(yield* balanced(actor)).toBe(true)
      }))

    test("closing gives up calls that do not end in time, each exactly once", () =>
      Effect.gen(function* () {
        const gate = shared(2)
        const { actor, calls } = yield* Effect.scoped(
          Effect.gen(function* () {
            const actor = yield* basicActor({ shutdownTimeout: 100 })
            const calls = yield* Effect.forkDetach(
              Effect.forEach([1, 2, 3], () => Effect.exit(actor.hold(gate)), { concurrency: 3 }),
              { startImmediately: true }
            )
            yield* until(gate, 1, 1)
            return { actor, calls }
          })
        )
        Atomics.store(gate, 0, 1)
        for (const exit of yield* Fiber.join(calls)) {
          expect(Exit.isFailure(exit) && String(exit.cause)).toContain("ActorClosed")
        }
        expect(yield* balanced(actor)).toBe(true)
      }))
  })
}
