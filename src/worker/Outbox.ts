/**
 * What a worker has to say and has not sent yet.
 *
 * Messages gather here and leave as one frame. A message that cannot be cloned costs its own call, never its frame.
 */
import { findCulprit } from "../wire/Cloneable.ts"
import * as Frame from "../wire/Frame.ts"
import * as Moved from "../wire/Moved.ts"
import type { Transferred } from "../wire/Port.ts"
import { soon } from "./soon.ts"

/** Posts a frame; throws what the runtime throws when it cannot be cloned. */
export type Post = (frame: Array<unknown>, transfer?: Array<Transferred>) => void

/** A function of the main side cannot be asked, because an argument cannot be cloned. */
export type RefuseAsk = (id: number, ask: number, index: number, error: Error) => void

/** Milliseconds that a settled call may wait for its frame while the worker is busy. */
const maxDelay = 1

/** The most calls between two looks at the clock. */
const maxStride = 16

/** Messages after which a frame leaves, so that the main side can work on it while the worker goes on. */
const maxMessages = 512

export class Outbox {
  private readonly incarnation: number
  private readonly post: Post
  private readonly refuseAsk: RefuseAsk
  private frame: Array<unknown>
  private messages = 0
  private scheduled = false
  private unchecked = 0
  private stride = 1
  /** When the work that the next frame settles began. */
  private since = 0

  constructor(incarnation: number, post: Post, refuseAsk: RefuseAsk) {
    this.incarnation = incarnation
    this.post = post
    this.refuseAsk = refuseAsk
    this.frame = [incarnation, 0]
  }

  /** The worker begins to work after having had nothing to do. */
  begin(): void {
    this.since = performance.now()
  }

  /** Adds a message of one value. */
  add(id: number, code: number, value: unknown): void {
    if (Moved.anyMarked() && typeof value === "object" && value !== null) {
      const transfer = Moved.take([value])
      if (transfer !== undefined) {
        this.flush()
        this.alone([id, code, 1, value], transfer)
        return
      }
    }
    this.frame.push(id, code, 1, value)
    if (++this.messages >= maxMessages) this.flush()
  }

  /** Adds a message of values that can be cloned. */
  addAll(id: number, code: number, values: ReadonlyArray<unknown>): void {
    this.frame.push(id, code, values.length, ...values)
    this.messages++
  }

  /** Adds a call of a function of the main side. */
  ask(id: number, ask: number, index: number, args: ReadonlyArray<unknown>): void {
    const transfer = Moved.anyMarked() ? Moved.take(args) : undefined
    if (transfer === undefined) this.addAll(id, Frame.Ask, [ask, index, ...args])
    else {
      this.flush()
      this.alone([id, Frame.Ask, args.length + 2, ask, index, ...args], transfer)
    }
  }

  /**
   * Sends what has gathered if it has waited long enough for a worker in the middle of a long turn. Called after every
   * call, it looks at the clock after every few only, while calls are quick: looking can cost as much as a tiny call.
   */
  flushIfDue(): void {
    if (this.messages === 0 || ++this.unchecked < this.stride) return
    this.unchecked = 0
    const waited = performance.now() - this.since
    this.stride = waited < maxDelay / 4 ? Math.min(this.stride * 2, maxStride) : 1
    if (waited >= maxDelay) this.flush()
  }

  /** Makes sure that what has gathered leaves once the present turn is over. */
  flushSoon(idle: boolean): void {
    if (this.scheduled || this.messages === 0) return
    this.scheduled = true
    const flush = (): void => {
      this.scheduled = false
      this.flush()
    }
    if (idle) queueMicrotask(flush)
    else soon(flush)
  }

  flush(): void {
    if (this.messages === 0) return
    const frame = this.frame
    const now = performance.now()
    frame[1] = Math.max(0, (now - this.since) * 1000)
    this.since = now
    this.frame = [this.incarnation, 0]
    this.messages = 0
    try {
      this.post(frame)
    } catch {
      this.oneByOne(frame)
    }
  }

  private oneByOne(frame: Array<unknown>): void {
    for (let at = Frame.toMainHeader; at < frame.length;) {
      // written by add, addAll and ask
      const end = at + 3 + (frame[at + 2] as number)
      this.alone(frame.slice(at, end), undefined)
      at = end
    }
  }

  private alone(message: Array<unknown>, transfer: Array<Transferred> | undefined): void {
    const isAsk = message[1] === Frame.Ask
    const [value, path]: [unknown, string] = isAsk ? [message.slice(5), "args"] : [message[3], "result"]
    try {
      // a failed post may take the transferred values with it (Deno 2.9), so look before
      if (transfer !== undefined) check(value, path, transfer)
      this.post([this.incarnation, 0, ...message], transfer)
    } catch (error) {
      const culprit = findCulprit(value, path, new Set(transfer))
      const where = culprit?.path ?? path
      const description = culprit?.description ?? String(error)
      // messages are written with numbers in these places
      const [id, , , ask, index] = message as ReadonlyArray<number>
      if (isAsk && id !== undefined && ask !== undefined && index !== undefined) {
        const error = new TypeError(`Cannot pass ${where} to the main side: ${description} cannot be cloned`)
        this.refuseAsk(id, ask, index, error)
      } else this.post([this.incarnation, 0, id, Frame.Unserializable, 2, where, description])
    }
  }
}

const check = (value: unknown, path: string, transfer: Array<Transferred>): void => {
  const culprit = findCulprit(value, path, new Set(transfer))
  if (culprit !== undefined) throw new TypeError(culprit.description)
}
