/**
 * Hostile input, both directions: thousands of malformed, foreign, stale and forged messages to a real worker and from
 * one. Each is refused and counted, none has an effect, and no caller gets an answer that is not its own.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Actor, WorkerBackend } from "../../src/index.ts"
import { encode, isEncodedError } from "../../src/wire/EncodedError.ts"
import * as Frame from "../../src/wire/Frame.ts"
import type { Port } from "../../src/wire/Port.ts"
import type live from "../adapters/live.adapter.ts"
import { adapter, balanced, basicActor, run, shared, thread, type Target, until } from "../conformance/target.ts"

type Listener = (event: { readonly data: unknown }) => void

/** A target whose ports can be written to, at both ends of the main side. */
const tapped = () => {
  const ports: {
    control?: Port
    calls?: Port
    incarnation: number
    toMain: Array<Listener>
    toControl: Array<Listener>
    /** Called with whoever begins to listen to the worker's control. */
    onListen?: (listener: Listener) => void
  } = { incarnation: 0, toMain: [], toControl: [] }
  const listening = (port: Port, listeners: Array<Listener>, onListen?: (listener: Listener) => void): Port => ({
    // a worker of the web has its methods from its class
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    removeEventListener: (type, listener) => port.removeEventListener(type, listener),
    start: () => port.start?.(),
    close: () => port.close?.(),
    addEventListener: (type, listener) => {
      if (type === "message") listeners.push(listener)
      port.addEventListener(type, listener)
      if (type === "message") onListen?.(listener)
    }
  })
  const layer = Layer.effect(
    WorkerBackend.WorkerBackend,
    Effect.map(WorkerBackend.WorkerBackend, (backend) => ({
      ...backend,
      makeChannel: () => {
        const channel = backend.makeChannel()
        ports.calls = channel.port
        ports.toMain = []
        return { ...channel, port: listening(channel.port, ports.toMain) }
      },
      spawn: (
        options: WorkerBackend.SpawnOptions,
        channel: WorkerBackend.Channel,
        events: WorkerBackend.WorkerEvents
      ) => {
        const worker = backend.spawn(options, channel, events)
        ports.control = worker.control
        ports.incarnation = options.incarnation
        ports.toControl = []
        return { ...worker, control: listening(worker.control, ports.toControl, ports.onListen) }
      }
    }))
  ).pipe(Layer.provide(thread.layer))
  const target: Target = { ...thread, layer }
  return { ports, target }
}

/** Names that lead out of a table into the language. */
const names = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "then", "add", "start", "close", "x")

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  names,
  fc.constant(null)
)

/** Frames that are nearly right. Ids of calls in flight are left out: whoever knows those holds the port of the main side. */
const frame = (incarnation: () => number): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.oneof(fc.constant("right"), fc.integer(), value),
      fc.array(
        fc.oneof(
          fc.integer({ min: -8, max: 40 }),
          fc.constantFrom(-0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 4095, 4097, 1e9),
          value
        ),
        { maxLength: 12 }
      )
    )
    .map(([head, rest]) => [head === "right" ? incarnation() : head, ...rest])

/** What Comlink would act upon. */
const comlinkMessage: fc.Arbitrary<unknown> = fc.record(
  {
    id: fc.oneof(fc.constant("1-2-3-4"), value),
    type: fc.constantFrom("GET", "SET", "APPLY", "CONSTRUCT", "ENDPOINT", "RELEASE", "HANDLER", "RAW", "nothing"),
    path: fc.oneof(
      fc.array(names, { maxLength: 4 }),
      fc.constantFrom(["constructor", "constructor"], ["__proto__", "__proto__", "polluted"]),
      value
    ),
    argumentList: fc.oneof(
      fc.array(
        fc.record({ type: fc.constantFrom("RAW", "HANDLER"), name: fc.constantFrom("proxy", "throw", "x"), value }),
        { maxLength: 3 }
      ),
      value
    ),
    value,
    name: fc.constantFrom("proxy", "throw")
  },
  { requiredKeys: [] }
)

/** What begins and ends a worker's life, nearly right. */
const lifeMessage = (incarnation: () => number): fc.Arbitrary<unknown> => {
  const life = fc.oneof(fc.constant("right"), fc.integer(), value).map((one) => (one === "right" ? incarnation() : one))
  return fc.record(
    {
      _tag: fc.constantFrom("Start", "Ready", "Failed", "LastWords"),
      incarnation: life,
      request: fc.oneof(
        fc.record({ adapter: value, worker: fc.oneof(fc.record({ incarnation: life }), value) }, { requiredKeys: [] }),
        value
      ),
      calls: value,
      manifest: fc.oneof(fc.record({ methods: fc.array(value), threadSafe: fc.boolean() }), value),
      phase: fc.oneof(fc.constantFrom("load", "setup"), value),
      error: fc.oneof(fc.record({ _tag: fc.constantFrom("Error", "Value", "Description"), value }), value)
    },
    { requiredKeys: ["_tag"] }
  )
}

const samples = <A>(arbitrary: fc.Arbitrary<A>, count: number): Array<A> =>
  fc.sample(arbitrary, { numRuns: count, seed: 7 })

const post = (port: Port | undefined, message: unknown): void => {
  try {
    port?.postMessage(message)
  } catch {
    // what cannot be cloned cannot be sent by an enemy either
  }
}

const isRecord = (message: unknown): message is Record<string, unknown> =>
  typeof message === "object" && message !== null

const isPong = (message: unknown): message is { readonly value: { readonly refused: number } } =>
  isRecord(message) && isRecord(message["value"]) && typeof message["value"]["refused"] === "number"

/** Nothing was reached that is not the actor's, and every caller has had one answer. */
const unharmed = (actor: object): Effect.Effect<void> =>
  Effect.gen(function* () {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
    expect(yield* balanced(actor)).toBe(true)
  })

describe("hostile input", () => {
  it("to a worker's calls is refused, and the worker goes on", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        const actor = yield* basicActor()
        const counter = shared(1)
        for (const message of samples(
          fc.oneof(
            frame(() => ports.incarnation),
            value,
            comlinkMessage
          ),
          3000
        )) {
          post(ports.calls, message)
        }
        for (let n = 0; n < 100; n++) expect(yield* actor.mark(counter, 0)).toBe(n + 1)
        yield* unharmed(actor)
      })
    )
  })

  it("to a worker's control is refused, and the worker goes on", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        const actor = yield* basicActor()
        // two names may be asked for; asking again changes nothing but the end
        const harmless = samples(
          fc.oneof(
            comlinkMessage,
            lifeMessage(() => ports.incarnation)
          ),
          3000
        ).filter((message) => {
          const { path, type } = message as { path?: unknown; type?: unknown }
          return !(type === "APPLY" && Array.isArray(path) && path.length === 1 && path[0] === "close")
        })
        for (const message of harmless) post(ports.control, message)
        const heard: Array<unknown> = []
        ports.control?.addEventListener("message", ({ data }) => heard.push(data))
        post(ports.control, { id: "1-2-3-4", type: "APPLY", path: ["ping"], argumentList: [] })
        const pong = yield* Effect.promise(async () => {
          while (!heard.some(isPong)) await new Promise((resolve) => setTimeout(resolve, 1))
          return heard.find(isPong)
        })
        expect(pong?.value.refused).toBeGreaterThan(1000)
        // nothing but answers of Comlink: no start was answered again
        expect(heard.filter((message) => !isRecord(message) || message["type"] !== "RAW")).toEqual([])
        expect(yield* actor.add(1, 2)).toBe(3)
        yield* unharmed(actor)
      })
    )
  })

  it("from a worker that starts is no answer of that worker", async () => {
    const { ports, target } = tapped()
    const forged = samples(
      lifeMessage(() => ports.incarnation + 1).filter(
        (message) => isRecord(message) && message["_tag"] !== "LastWords"
      ),
      1000
    )
    ports.onListen = (listener) => {
      for (const data of [...forged, { _tag: "Ready", incarnation: 0, manifest: { methods: [], threadSafe: true } }])
        listener({ data })
    }
    await run(
      target,
      Effect.gen(function* () {
        const actor = yield* basicActor()
        expect(yield* actor.add(1, 2)).toBe(3)
        yield* unharmed(actor)
      })
    )
  })

  it("from a worker is refused and counted, and answers nobody", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        const actor = yield* basicActor()
        const gate = shared(2)
        const running = yield* Effect.forkChild(actor.hold(gate))
        yield* until(gate, 1, 1)
        const before = (yield* Actor.stats(actor)).refused
        const sent = samples(
          fc.oneof(
            frame(() => ports.incarnation),
            value,
            comlinkMessage,
            lifeMessage(() => ports.incarnation)
          ),
          3000
        )
        for (const data of sent) for (const listener of ports.toMain) listener({ data })
        for (const data of sent) for (const listener of ports.toControl) listener({ data })
        expect((yield* Actor.stats(actor)).refused - before).toBeGreaterThan(1000)
        expect((yield* Actor.stats(actor)).workers[0]?.outstanding).toBe(1)
        Atomics.store(gate, 0, 1)
        expect(yield* Fiber.join(running)).toBe(1)
        yield* unharmed(actor)
      })
    )
  })

  it("answers forged for the running calls of another worker are refused, and these go on", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        // two actors of one worker each: whose messages carry the same ids
        const victim = yield* basicActor()
        const { incarnation } = ports
        const attacker = yield* basicActor()
        const gate = shared(2)
        const running = yield* Effect.forkChild(victim.hold(gate))
        yield* until(gate, 1, 1)
        const before = (yield* Actor.stats(attacker)).refused
        // every id that the victim's call may have, as an answer, an item, a failure and an end, in its name and in one's own
        for (const life of [incarnation, ports.incarnation]) {
          for (let id = 0; id < 3 * 4096; id += 1) {
            for (const message of [
              [id, Frame.Succeeded, 1, "forged"],
              [id, Frame.Item, 2, "forged", 0],
              [id, Frame.Failed, 1, encode(new Error("forged"))],
              [id, Frame.Ended, 0]
            ]) {
              for (const listener of ports.toMain) listener({ data: [life, 0, 0, 0, ...message] })
            }
          }
        }
        expect((yield* Actor.stats(attacker)).refused - before).toBe(2 * 3 * 4096 * 4)
        expect((yield* Actor.stats(victim)).workers[0]?.outstanding).toBe(1)
        Atomics.store(gate, 0, 1)
        expect(yield* Fiber.join(running)).toBe(1)
        yield* unharmed(victim)
        yield* unharmed(attacker)
      })
    )
  })

  it("about what a call has left on the main side is refused, beyond what that call may ask and read", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        let asked = 0
        let read = 0
        const actor = yield* Actor.make<typeof live>("Live", {
          adapter: adapter("live.adapter.ts"),
          size: 1,
          concurrency: 2,
          parent: { note: () => void asked++, twice: (n) => n, fail: () => Effect.die("no"), wait: () => Effect.never }
        })
        const board = new Int32Array(new SharedArrayBuffer(64))
        const waiting = yield* Effect.forkChild(
          actor.waiting(
            board,
            Actor.callback(() =>
              Effect.andThen(
                Effect.sync(() => asked++),
                Effect.never
              )
            )
          )
        )
        const numbers = Stream.map(Stream.rechunk(Stream.range(1, 1000), 1), () => read++)
        const reading = yield* Effect.forkChild(actor.readSlowly(board, numbers))
        while (asked < 1 || read < Frame.streamWindow)
          yield* Effect.promise(() => new Promise((done) => setTimeout(done, 1)))
        const calls = Array.from({ length: 3 * 4096 }, (_, id) => id)
        const before = (yield* Actor.stats(actor)).refused
        let sent = 0
        for (const id of calls) {
          for (const message of [
            [id, Frame.Ask, 2, 1, 7],
            [id, Frame.Ask, 2, 1, -99],
            [id, Frame.Ask, 2, "1", 1],
            [id, Frame.Ask, 0],
            [id, Frame.Want, 2, 1, Frame.streamWindow + 1],
            [id, Frame.Want, 2, 1, -1],
            [id, Frame.Want, 2, "__proto__", 1],
            [id, Frame.Want, 1, 1],
            [0, Frame.UnreadByWorker, 2, 1e6, "forged"],
            [0, Frame.UnreadByWorker, 2, 0, "forged"],
            [0, Frame.UnreadByWorker, 0],
            [0, Frame.Lost, 1, 1]
          ]) {
            sent++
            for (const listener of ports.toMain) listener({ data: [ports.incarnation, 0, 0, 0, ...message] })
          }
        }
        expect((yield* Actor.stats(actor)).refused - before).toBe(sent)
        // a worker that asks without end is heard so often as it may, and its other calls go on
        for (let ask = 0; ask < 1000; ask++) {
          for (const id of calls.slice(4096, 4100)) {
            for (const listener of ports.toMain) {
              listener({ data: [ports.incarnation, 0, 0, 0, id, Frame.Ask, 2, 1000 + ask, 1] })
            }
          }
        }
        expect(asked).toBeLessThanOrEqual(Frame.askWindow)
        expect(read).toBeLessThanOrEqual(2 * Frame.streamWindow)
        // and a worker is told what it has not asked, and is given what it does not want
        const frames = calls.flatMap((id) => [
          [id, Frame.Answer, 3, 4242, true, "forged"],
          [id, Frame.Answer, 3, 1, "yes", "forged"],
          [id, Frame.Answer, 3, 1, false, "no error"],
          [id, Frame.Input, 67, 1, 0, ...Array.from({ length: 65 }, () => "forged")],
          [id, Frame.Input, 3, 1, 1e6, "forged"],
          [id, Frame.Input, 3, 9, 0, "forged"],
          [id, Frame.InputEnd, 2, 1, "0"],
          [id, Frame.InputEnd, 2, 9, 0],
          [0, Frame.UnreadByMain, 2, 1e6, "forged"],
          [0, Frame.UnreadByMain, 2, 0, "forged"],
          [0, Frame.UnreadByMain, 1, "__proto__"]
        ])
        for (const message of frames) ports.calls?.postMessage([ports.incarnation, 0, 0, ...message])
        Atomics.store(board, 1, 2000)
        expect(yield* Fiber.join(reading)).toBe(1000)
        yield* Fiber.interrupt(waiting)
        expect(yield* actor.add(1, 2)).toBe(3)
        expect(yield* balanced(actor)).toBe(true)
      })
    )
  })

  it("stale and repeated answers are refused", async () => {
    const { ports, target } = tapped()
    await run(
      target,
      Effect.gen(function* () {
        const actor = yield* basicActor()
        const answers: Array<unknown> = []
        ports.calls?.addEventListener("message", ({ data }) => answers.push(structuredClone(data)))
        for (let n = 0; n < 20; n++) expect(yield* actor.add(n, 1)).toBe(n + 1)
        // the last answer is heard here after it was heard by the fiber that runs this
        expect(answers.length).toBeGreaterThanOrEqual(19)
        const { refused } = yield* Actor.stats(actor)
        for (const data of answers) for (const listener of ports.toMain) listener({ data })
        const after = yield* Actor.stats(actor)
        expect(after.refused - refused).toBe(answers.length)
        expect(after).toMatchObject({ submitted: 20, succeeded: 20 })
        expect(yield* actor.add(1, 2)).toBe(3)
      })
    )
  })

  it("is never taken for a frame unless every message is whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: -3, max: 5 }), fc.array(fc.anything(), { maxLength: 4 })), {
          maxLength: 6
        }),
        fc.nat(),
        (messages, cut) => {
          const header = Frame.toWorkerHeader
          const whole: Array<unknown> = [
            9,
            0,
            0,
            ...messages.flatMap(([id, code, args]) => [id, code, args.length, ...args])
          ]
          expect(Frame.isFrame(whole, header, 9, -3, 5)).toBe(true)
          expect(Frame.isFrame(whole, header, 8, -3, 5)).toBe(false)
          const ends = new Set([header])
          let end = header
          for (const [, , args] of messages) ends.add((end += 3 + args.length))
          const length = 1 + (cut % whole.length)
          expect(Frame.isFrame(whole.slice(0, length), header, 9, -3, 5)).toBe(ends.has(length))
        }
      ),
      { numRuns: 2000 }
    )
  })

  it("of any kind can be thrown: it is encoded, cloned and recognised", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.string(), (thrown, message) => {
        const error = Object.assign(new Error(message, { cause: thrown }), { field: thrown, errors: [thrown] })
        for (const what of [thrown, error]) expect(isEncodedError(structuredClone(encode(what)))).toBe(true)
      }),
      { numRuns: 1000 }
    )
  })
})
