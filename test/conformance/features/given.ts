/**
 * Actors of workers and objects that are there already.
 */
import { Worker as NodeWorker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import { Actor, type WorkerBackend } from "../../../src/index.ts"
import * as Board from "../../adapters/board.ts"
import type { Api } from "../../adapters/comlink.ts"
import type lateAdapter from "../../adapters/late.adapter.ts"
import type probe from "../../adapters/probe.adapter.ts"
import { adapter, type AddRow, fork, runtime, type Target, until, untilStats } from "../setup.ts"

const restart = { intensity: 20, minBackoff: 1, maxBackoff: 20 }

type Make = (file: string) => WorkerBackend.GivenWorker

/** The kinds of workers that this runtime has. */
const makers: Record<string, Make> = {
  "a worker of node:worker_threads": (file) => new NodeWorker(adapter(file)),
  // Node has none
  ...(runtime === "node" ? {} : { "a worker of the web": (file) => new Worker(adapter(file), { type: "module" }) })
}

export const factories = (target: Target, row: AddRow): void => {
  const make = (options: Partial<Actor.Options<typeof probe>>) =>
    Actor.make<typeof probe>("Served", {
      adapter: () => new NodeWorker(adapter("served.worker.ts")),
      restart,
      ...options
    })

  if (target.profile === "inline") {
    row("where there are no threads, a factory needs to say where the adapter is", () =>
      Effect.gen(function* () {
        expect(yield* Effect.flip(make({}))).toMatchObject({
          _tag: "Unsupported",
          message: expect.stringContaining("module: () => import(...)")
        })
        const served = yield* make({ module: () => import("../../adapters/probe.adapter.ts") })
        expect(yield* served.add(1, 2)).toBe(3)
        expect(yield* Actor.stats(served)).toMatchObject({ profile: "inline" })
      })
    )
    return
  }

  for (const [what, maker] of Object.entries(makers)) {
    row(`an actor lives in ${what} that its own factory makes`, () =>
      Effect.gen(function* () {
        const served = yield* make({ adapter: () => maker("served.worker.ts"), size: 2, options: { greeting: "Hi" } })
        expect(yield* served.greet("you")).toBe("Hi, you!")
        expect(yield* Actor.forEach([1, 2, 3], (n) => served.add(n, n))).toEqual([2, 4, 6])
        const workers = yield* Actor.broadcast(served.worker())
        expect(workers.map(({ name }) => name)).toEqual(["Served#0", "Served#1"])
        if (target.link === "frames") {
          expect(yield* Stream.runCollect(served.numbers(100))).toHaveLength(100)
          const board = Board.make()
          const watched = yield* fork(served.watched(board))
          yield* until(board, "entered", 1)
          yield* Fiber.interrupt(watched)
          yield* until(board, "aborted", 1)
          Board.add(board, "released")
        }
        yield* untilStats(served, (stats) => stats.workers.every(({ outstanding }) => outstanding === 0))
      })
    )
  }

  for (const [what, maker] of Object.entries(makers)) {
    row(`${what} that its own factory has made is replaced by another one when it dies`, () =>
      Effect.gen(function* () {
        let made = 0
        const served = yield* make({
          adapter: () => {
            made++
            return maker("served.worker.ts")
          },
          size: 1
        })
        expect(yield* Effect.flip(served.exit(3))).toMatchObject({ _tag: "WorkerLost", method: "exit" })
        expect(yield* served.add(1, 2)).toBe(3)
        expect(made).toBe(2)
        expect(yield* Effect.flip(served.crash("notFound"))).toMatchObject({
          _tag: "WorkerLost",
          reason: { _tag: "Exited", error: { name: "NotFound", code: "E_NOT_FOUND", cause: { message: "middle" } } }
        })
        expect(yield* served.add(1, 2)).toBe(3)
        expect(made).toBe(3)
        expect(yield* Actor.stats(served)).toMatchObject({ submitted: 4, succeeded: 2, failed: 2 })
      })
    )
  }

  for (const [what, maker] of Object.entries(makers)) {
    row(`${what} may await at the top level of its modules before it serves`, () =>
      Effect.gen(function* () {
        const options = { adapter: () => maker("late.worker.ts"), size: 1, startTimeout: 5000 }
        const late = yield* Actor.make<typeof lateAdapter>("Late", options)
        expect(yield* late.add(1, 2)).toBe(3)
      })
    )
  }

  row("a factory that throws, makes no worker, or one that serves nothing is told when the actor is built", () =>
    Effect.gen(function* () {
      const throwing = make({
        adapter: () => {
          throw new Error("none left")
        }
      })
      expect(yield* Effect.flip(throwing)).toMatchObject({
        _tag: "StartError",
        phase: "spawn",
        message: expect.stringContaining("none left")
      })
      // as a caller without types might: a promise of a module is no worker
      const wrong = make({ adapter: (() => import("../../adapters/probe.adapter.ts")) as never })
      expect(yield* Effect.flip(wrong)).toMatchObject({
        _tag: "StartError",
        phase: "spawn",
        message: expect.stringContaining("expected a Worker, received an object of the class Promise")
      })
      const mute = make({ adapter: () => new NodeWorker(adapter("mute.worker.mjs")), startTimeout: 300, size: 1 })
      expect(yield* Effect.flip(mute)).toMatchObject({ _tag: "StartError", phase: "timeout" })
    })
  )

  row("what a factory decides is no option", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(make({ env: { A: "1" } }))).toMatchObject({ _tag: "InvalidOption", option: "env" })
      expect(yield* Effect.flip(make({ resourceLimits: { maxOldGenerationSizeMb: 64 } }))).toMatchObject({
        _tag: "InvalidOption",
        option: "resourceLimits"
      })
      // as a caller without types might
      const wrong = make({ module: "./a.ts" as never })
      expect(yield* Effect.flip(wrong)).toMatchObject({ _tag: "InvalidOption", option: "module" })
    })
  )
}

class Account {
  balance = 0
  running = 0
  peak = 0
  async deposit(amount: number): Promise<number> {
    this.peak = Math.max(this.peak, ++this.running)
    const before = this.balance
    await new Promise((resolve) => setTimeout(resolve, 1))
    this.running--
    return (this.balance = before + amount)
  }
  *history(to: number): Generator<number> {
    for (let n = 1; n <= to; n++) yield n * this.balance
  }
  refuse(): never {
    throw new RangeError("refused")
  }
  /** Hands out what it holds. */
  all(): { readonly balance: number; readonly list: Array<number> } {
    return { balance: this.balance, list: this.list }
  }
  readonly list: Array<number> = [1]
  async wait(board: Board.Board): Promise<void> {
    Board.add(board, "entered")
    await Board.until(board, "released", 1)
    Board.add(board, "left")
  }
}

export const objects = (target: Target, row: AddRow): void => {
  // an object lives in its own thread, and in frames there: the link is of no account
  if (target.link === "comlink") {
    row("a plain Comlink link is one for objects as well", () =>
      Effect.gen(function* () {
        const account = yield* Actor.fromObject("Account", new Account())
        expect(yield* account.deposit(3)).toBe(3)
      })
    )
    return
  }

  row("an object behind a mailbox serves one call at a time, and loses nothing", () =>
    Effect.gen(function* () {
      const object = new Account()
      const account = yield* Actor.fromObject("Account", object)
      const amounts = Array.from({ length: 50 }, (_, index) => index + 1)
      const balances = yield* Actor.forEach(amounts, (amount) => account.deposit(amount))
      expect(balances).toEqual(amounts.map((amount) => (amount * (amount + 1)) / 2))
      expect([object.balance, object.peak]).toEqual([1275, 1])
      expect(yield* Stream.runCollect(account.history(2))).toEqual([1275, 2550])
      expect(Actor.describe(account).map(({ kind, name }) => `${name}: ${kind}`)).toEqual([
        "deposit: effect",
        "history: stream",
        "refuse: effect",
        "all: effect",
        "wait: effect"
      ])
      expect(yield* Actor.stats(account)).toMatchObject({ profile: "inline", size: 1, submitted: 51, succeeded: 51 })
    })
  )

  row("as many calls of an object run at once as are allowed", () =>
    Effect.gen(function* () {
      const object = new Account()
      const account = yield* Actor.fromObject("Account", object, { concurrency: 3 })
      yield* Actor.forEach([1, 2, 3, 4, 5, 6], (amount) => account.deposit(amount))
      expect(object.peak).toBe(3)
    })
  )

  row("nobody else gets hold of what an object has", () =>
    Effect.gen(function* () {
      const object = new Account()
      const account = yield* Actor.fromObject("Account", object)
      const { list } = yield* account.all()
      list.push(2)
      expect(object.list).toEqual([1])
    })
  )

  row("an object's calls fail, time out and are interrupted as any, and its owner keeps it", () =>
    Effect.gen(function* () {
      const board = Board.make()
      const object = new Account()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const account = yield* Actor.fromObject("Account", object, { mailbox: { capacity: 1, overflow: "fail" } })
          // nothing was measured so far, so nothing is sent ahead of the only slot
          const waiting = yield* fork(account.wait(board))
          yield* until(board, "entered", 1)
          const gone = yield* fork(account.deposit(1))
          expect(yield* Effect.flip(account.deposit(1))).toMatchObject({ _tag: "MailboxFull" })
          yield* Fiber.interrupt(gone)
          const late = Actor.timeout(account.deposit(1), 20)
          expect(yield* Effect.flip(late)).toMatchObject({ _tag: "CallTimeout", started: false })
          Board.add(board, "released")
          yield* Fiber.join(waiting)
          expect(yield* account.deposit(2)).toBe(2)
          expect(yield* Effect.flip(account.refuse())).toMatchObject({ _tag: "MethodError", message: "refused" })
        })
      )
      expect(object.balance).toBe(2)
      expect(yield* Effect.promise(() => object.deposit(1))).toBe(3)
    })
  )
}

export const adopted = (row: AddRow): void => {
  const methods = [
    "add",
    "later",
    "visit",
    "fail",
    "failWith",
    "proxy",
    "uncloneable",
    "size",
    "hold",
    "release",
    "spin",
    "exit",
    "crash"
  ] as const

  for (const [what, maker] of Object.entries(makers)) {
    const make = (options: Partial<Actor.FromComlinkOptions<typeof methods>> = {}) =>
      Actor.fromComlink<Api>()("Adopted", {
        worker: () => maker("comlink.worker.mjs"),
        methods,
        size: 1,
        restart,
        ...options
      })

    row(`${what} that was written for Comlink is called as any actor`, () =>
      Effect.gen(function* () {
        const actor = yield* make({ size: 2 })
        expect(yield* actor.add(1, 2)).toBe(3)
        expect(yield* actor.later("you")).toBe("Hello, you!")
        expect(yield* Actor.forEach([1, 2, 3], (n) => actor.add(n, n))).toEqual([2, 4, 6])
        expect(yield* Actor.broadcast(actor.visit())).toEqual([1, 1])
        const bytes = new Uint8Array(8)
        expect(yield* actor.size(bytes)).toBe(8)
        expect(yield* Actor.stats(actor)).toMatchObject({ profile: "thread", size: 2, refused: 0 })
      })
    )

    row(`what ${what} throws, or cannot pass, fails its call alone`, () =>
      Effect.gen(function* () {
        const actor = yield* make()
        const error = yield* Effect.flip(actor.fail())
        expect(error).toMatchObject({ _tag: "MethodError", method: "fail", message: "too far" })
        expect(error._tag === "MethodError" ? error.cause : undefined).toMatchObject({ name: "RangeError" })
        expect(yield* Effect.flip(actor.failWith({ a: 1 }))).toMatchObject({ _tag: "MethodError", cause: { a: 1 } })
        expect(yield* Effect.flip(actor.failWith(() => 1))).toMatchObject({
          _tag: "SerializationError",
          direction: "argument",
          path: "args[0]"
        })
        expect(yield* Effect.flip(actor.proxy())).toMatchObject({
          _tag: "MethodError",
          message: expect.stringContaining("it is a proxy")
        })
        expect(yield* Effect.flip(actor.uncloneable())).toMatchObject({ _tag: "MethodError" })
        expect(yield* actor.add(1, 2)).toBe(3)
        const stats = yield* Actor.stats(actor)
        expect(stats.submitted).toBe(stats.succeeded + stats.failed)
      })
    )

    row(`an interrupted call of ${what} goes on there, and keeps its slot until it ends`, () =>
      Effect.gen(function* () {
        const actor = yield* make({ concurrency: 2 })
        const holding = yield* fork(actor.hold())
        expect(yield* actor.add(1, 2)).toBe(3)
        yield* Fiber.interrupt(holding)
        expect((yield* Actor.stats(actor)).workers[0]?.outstanding).toBe(1)
        yield* actor.release()
        yield* untilStats(actor, ({ workers }) => workers[0]?.outstanding === 0)
        expect(yield* Actor.stats(actor)).toMatchObject({ submitted: 3, succeeded: 2, interrupted: 1 })
      })
    )

    row(`calls wait for ${what} in a bounded mailbox, and are sent in their order`, () =>
      Effect.gen(function* () {
        const actor = yield* make({ mailbox: { capacity: 2, overflow: "fail" }, grace: 1 })
        // the only slot: what waits behind it is sent when it is free
        const holding = yield* fork(Actor.interruption(actor.hold(), "terminate"))
        const first = yield* fork(actor.visit())
        const second = yield* fork(actor.visit())
        expect((yield* Actor.stats(actor)).waiting).toBe(2)
        expect(yield* Effect.flip(actor.visit())).toMatchObject({ _tag: "MailboxFull", capacity: 2 })
        // what waits goes to the worker's successor, because the call does not end
        yield* Fiber.interrupt(holding)
        expect([yield* Fiber.join(first), yield* Fiber.join(second)]).toEqual([1, 2])
      })
    )

    row(`${what} that dies fails what it held, and is replaced`, () =>
      Effect.gen(function* () {
        const actor = yield* make()
        // a worker of the web on Deno that exits tells nobody
        if (what.includes("node:") || runtime === "bun") {
          expect(yield* Effect.flip(actor.exit(3))).toMatchObject({ _tag: "WorkerLost", method: "exit" })
        }
        expect(yield* Effect.flip(actor.crash())).toMatchObject({ _tag: "WorkerLost", method: "crash" })
        expect(yield* actor.add(1, 2)).toBe(3)
        expect(yield* actor.visit()).toBe(1)
      })
    )

    row(`${what} that does not answer in time is replaced`, () =>
      Effect.gen(function* () {
        const actor = yield* make({ grace: 1 })
        const hold = Actor.timeout(actor.hold(), 50)
        expect(yield* Effect.flip(hold)).toMatchObject({ _tag: "CallTimeout" })
        expect(yield* actor.visit()).toBe(1)
        expect(yield* Actor.stats(actor)).toMatchObject({ submitted: 2, succeeded: 1, failed: 1, timedOut: 1 })
      })
    )
  }

  row("a port behind which Comlink exposes functions is an actor as well", () =>
    Effect.gen(function* () {
      const worker = new NodeWorker(adapter("comlink.worker.mjs"))
      yield* Effect.addFinalizer(() => Effect.promise(() => worker.terminate()))
      const { port1, port2 } = new MessageChannel()
      // everything that the worker says goes through the port, and back
      worker.on("message", (data) => port2.postMessage(data))
      port2.onmessage = (event) => worker.postMessage(event.data)
      const actor = yield* Actor.fromComlink<Pick<Api, "add">>()("Port", {
        worker: () => port1,
        methods: ["add"],
        size: 1
      })
      expect(yield* actor.add(1, 2)).toBe(3)
    })
  )
}
