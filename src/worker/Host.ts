/**
 * The worker's end of the calls: takes frames apart, runs methods, sends settlements.
 *
 * One way in, one way out: `receive` queues messages; `work` takes each message's claim and runs it while the worker
 * has capacity; what settles goes to the outbox, which sends it as frames.
 */
import type { Atomic } from "../memory/Atomic.ts"
import * as Claims from "../memory/Claims.ts"
import { encode } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import { Asks, type SendAsk } from "./Asks.ts"
import { type Ambient, RunningCall } from "./Call.ts"
import { answer, LiveArguments } from "./LiveArguments.ts"
import type { Entry } from "./MethodTable.ts"
import { Outbox, type Post } from "./Outbox.ts"
import { StreamRun } from "./StreamRun.ts"

export interface HostOptions {
  readonly claims: Atomic
  readonly incarnation: number
  readonly ambient: Ambient
  readonly post: Post
}

interface Message {
  readonly id: number
  readonly method: Entry
  readonly args: Array<unknown>
  readonly deadline: number | undefined
  /** Which of the arguments are live, and of what kind. */
  readonly live: ReadonlyArray<unknown> | undefined
}

const over = (what: string): Error => new DOMException(what, "AbortError")

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  // read as a method that may be missing
  typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"

export class Host {
  private readonly options: HostOptions
  private readonly outbox: Outbox
  private queue: Array<Message> = []
  private head = 0
  private readonly running = new Map<number, RunningCall>()
  private readonly streams = new Map<number, StreamRun>()
  private readonly live = new Map<number, LiveArguments>()
  private readonly parent: Asks
  private methods: ReadonlyArray<Entry> = []
  private concurrency = 1
  private occupied = 0
  private working = false
  private refusedFrames = 0

  constructor(options: HostOptions) {
    this.options = options
    this.outbox = new Outbox(options.incarnation, options.post, {
      // what cannot be asked is answered as if the main side had
      ask: (id, ask, index, error) => {
        if (index < 0) this.parent.answer(ask, false, error)
        else this.live.get(id)?.answer(ask, false, encode(error))
      },
      item: (id, path, description) => {
        const stream = this.streams.get(id)
        stream?.refuse(path, description)
        return stream !== undefined
      }
    })
    this.parent = new Asks(this.ask)
  }

  /** From now on calls of `methods` are run, so many at once. */
  serve(methods: ReadonlyArray<Entry>, concurrency: number): void {
    this.methods = methods
    this.concurrency = concurrency
  }

  /** Calls the function `index` of the parent. */
  askParent(index: number, args: ReadonlyArray<unknown>): Promise<unknown> {
    return this.parent.ask(this.options.ambient.current()?.message ?? 0, -1 - index, args)
  }

  private readonly ask: SendAsk = (id, ask, index, args) => {
    this.outbox.ask(id, ask, index, args)
    this.outbox.flushIfDue()
    this.outbox.flushSoon(true)
  }

  /** Frames that were refused as malformed, foreign or stale. */
  get refused(): number {
    return this.refusedFrames
  }

  /** Calls that run now. */
  get load(): number {
    return this.occupied
  }

  /** Sends a line of the console. */
  print(level: string, text: string): void {
    this.outbox.print(level, text)
  }

  /** A frame of the main side has come that cannot be read: it is told which one. */
  unread(error: unknown): void {
    this.outbox.unread(error)
  }

  /** Takes one frame from the main side. Never throws. */
  receive(frame: unknown): void {
    const { methods } = this
    const { incarnation } = this.options
    if (!Frame.isFrame(frame, Frame.toWorkerHeader, incarnation, Frame.UnreadByMain, methods.length - 1)) {
      this.refusedFrames++
      return
    }
    // isFrame has checked the header
    this.outbox.read = frame[1] as number
    if (this.occupied === 0) this.outbox.begin()
    let deadline: number | undefined
    let live: ReadonlyArray<unknown> | undefined
    for (let at = Frame.toWorkerHeader; at < frame.length;) {
      // isFrame has checked that every message opens with three such numbers
      const id = frame[at] as number
      const code = frame[at + 1] as number
      const argc = frame[at + 2] as number
      const first = at + 3
      at = first + argc
      if (code >= 0) {
        // isFrame has checked that the code names a method
        const method = methods[code] as Entry
        this.queue.push({ id, method, args: frame.slice(first, at), deadline, live })
        deadline = undefined
        live = undefined
      } else if (code === Frame.Deadline) {
        if (typeof frame[first] === "number") deadline = performance.now() + frame[first]
      } else if (code === Frame.Live) live = frame.slice(first, at)
      else if (!this.tell(id, code, frame.slice(first, at))) this.refusedFrames++
    }
    this.outbox.forget(frame[2] as number)
    this.work()
    // a microtask later would be as good, but for its cost
    if (this.queue.length === 0) this.outbox.flush()
    else this.outbox.flushSoon(false)
  }

  /** Something is said about a call that runs. `false` when it makes no sense; that the call has ended does. */
  private tell(id: number, code: number, values: ReadonlyArray<unknown>): boolean {
    const live = this.live.get(id)
    switch (code) {
      case Frame.Cancel:
        this.cancel(id)
        return true
      case Frame.Credit:
        this.credit(id, values[0])
        return true
      case Frame.Answer:
        if (id === 0) return answer(this.parent, values[0], values[1], values[2])
        return live === undefined || live.answer(values[0], values[1], values[2])
      case Frame.Input:
        return live === undefined || live.input(values[0], values[1], values.slice(2))
      case Frame.InputEnd:
        return live === undefined || live.inputEnd(values[0], values[1], values[2])
      case Frame.UnreadByMain:
        return this.outbox.reread(values[0], values[1])
      default:
        return false
    }
  }

  private cancel(id: number): void {
    this.running.get(id)?.abort()
    this.streams.get(id)?.cancel()
    this.live.get(id)?.close(over("The call was cancelled"))
  }

  private credit(id: number, count: unknown): void {
    if (Number.isInteger(count)) this.streams.get(id)?.credit(count as number)
  }

  private work(): void {
    // a method that settles at once frees its slot inside this loop
    if (this.working) return
    this.working = true
    while (this.occupied < this.concurrency && this.head < this.queue.length) {
      // the loop's condition has checked the index
      const message = this.queue[this.head++] as Message
      if (!Claims.start(this.options.claims, message.id)) continue
      this.run(message)
      this.outbox.flushIfDue()
    }
    if (this.head === this.queue.length && this.head > 0) {
      this.queue = []
      this.head = 0
    } else if (this.head > 1024) {
      this.queue = this.queue.slice(this.head)
      this.head = 0
    }
    this.working = false
  }

  private run(message: Message): void {
    const { ambient, claims, incarnation } = this.options
    const { id, live, method } = message
    const call = new RunningCall(claims, id, incarnation, message.deadline)
    this.occupied++
    if (live !== undefined) this.fill(id, message.args, live)
    let result: unknown
    try {
      result = ambient.run(call, method.run, method.self, message.args)
      if (method.info.kind === "stream") {
        this.stream(call, id, result)
        return
      }
      if (isThenable(result)) {
        this.running.set(id, call)
        if (this.concurrency === 1) ambient.hold(call)
        result.then(
          (value) => {
            this.outbox.add(id, Frame.Succeeded, value)
            this.settled(id)
          },
          (error) => {
            this.outbox.add(id, Frame.Failed, encode(error))
            this.settled(id)
          }
        )
        return
      }
      if (isIterator(result)) {
        throw new TypeError(
          `Cannot return an iterator from "${method.info.name}": make the method a generator function, or wrap it in Adapter.stream`
        )
      }
    } catch (error) {
      this.release(id)
      this.outbox.add(id, Frame.Failed, encode(error))
      return
    }
    this.release(id)
    this.outbox.add(id, Frame.Succeeded, result)
  }

  private fill(id: number, args: Array<unknown>, kinds: ReadonlyArray<unknown>): void {
    const live = new LiveArguments(id, this.ask)
    live.fill(args, kinds, (index, count) => {
      this.outbox.addAll(id, Frame.Want, [index, count])
      this.outbox.flushSoon(true)
    })
    this.live.set(id, live)
  }

  /** A call has ended, and its slot is free. */
  private release(id: number): void {
    this.occupied--
    if (this.live.size === 0) return
    this.live.get(id)?.close(over("The call has ended"))
    this.live.delete(id)
  }

  /** An asynchronous method, or a stream, has ended, and said so. */
  private settled(id: number): void {
    this.running.delete(id)
    this.streams.delete(id)
    if (this.concurrency === 1) this.options.ambient.hold(undefined)
    this.release(id)
    this.outbox.flushIfDue()
    this.work()
    this.outbox.flushSoon(this.queue.length === 0)
  }

  private stream(call: RunningCall, id: number, source: unknown): void {
    if (this.concurrency === 1) this.options.ambient.hold(call)
    this.running.set(id, call)
    const run = new StreamRun(source, call, this.options.ambient, {
      item: (item, position) => {
        this.outbox.item(id, item, position)
        this.outbox.flushIfDue()
      },
      pause: () => this.outbox.flushSoon(true),
      end: (code, values) => {
        this.outbox.addAll(id, code, values)
        this.settled(id)
      }
    })
    this.streams.set(id, run)
    run.start()
  }
}

const isIterator = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  // read as methods that may be missing
  typeof (value as { readonly next?: unknown }).next === "function" &&
  (Symbol.iterator in value || Symbol.asyncIterator in value)
