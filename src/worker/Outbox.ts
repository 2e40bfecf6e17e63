/**
 * What a worker has to say and has not sent yet.
 *
 * Messages gather here and leave as one frame. A message that cannot be cloned costs its own call, never its frame.
 */
import { findCulprit } from "../wire/Cloneable.ts"
import * as Frame from "../wire/Frame.ts"
import * as Moved from "../wire/Moved.ts"
import type { Transferred } from "../wire/Port.ts"
import { Sent, unreadable } from "../wire/Sent.ts"
import { soon } from "./soon.ts"

/** Posts a frame; throws what the runtime throws when it cannot be cloned. */
export type Post = (frame: Array<unknown>, transfer?: Array<Transferred>) => void

/** What cannot reach the main side. */
export interface Refuse {
  /** A function of the main side cannot be asked. */
  readonly ask: (id: number, ask: number, index: number, error: Error) => void
  /** A stream has failed with one of its items. `false` when it has ended meanwhile. */
  readonly item: (id: number, path: string, description: string) => boolean
}

/** Milliseconds that a settled call may wait for its frame while the worker is busy. */
const maxDelay = 1

/** The most calls between two looks at the clock. */
const maxStride = 16

/** Messages after which a frame leaves, so that the main side can work on it while the worker goes on. */
const maxMessages = 512

export class Outbox {
  /** Number of the last frame that was read of the main side. */
  read = 0
  private readonly incarnation: number
  private readonly post: Post
  private readonly refused: Refuse
  private readonly sent = new Sent()
  private frame: Array<unknown>
  private messages = 0
  /** Does the frame hold more than primitive values? */
  private composite = false
  private scheduled = false
  private unchecked = 0
  private stride = 1
  /** When the work that the next frame settles began. */
  private since = 0

  constructor(incarnation: number, post: Post, refused: Refuse) {
    this.incarnation = incarnation
    this.post = post
    this.refused = refused
    this.frame = this.header()
  }

  private header(): Array<unknown> {
    return [this.incarnation, 0, 0, 0]
  }

  /** The worker begins to work after having had nothing to do. */
  begin(): void {
    this.since = performance.now()
  }

  /** Adds an item of a stream. */
  item(id: number, item: unknown, position: number): void {
    if (Moved.anyMarked() && this.moves([id, Frame.Item, 2, item, position], item)) return
    this.frame.push(id, Frame.Item, 2, item, position)
    if (typeof item === "object") this.composite = true
    if (++this.messages >= maxMessages) this.flush()
  }

  /** Sends a message in a frame of its own if it moves something of `value`. */
  private moves(message: Array<unknown>, value: unknown): boolean {
    const transfer = Moved.take([value])
    if (transfer === undefined) return false
    this.flush()
    this.alone(message, transfer)
    return true
  }

  /** Adds a message of one value. */
  add(id: number, code: number, value: unknown): void {
    if (Moved.anyMarked() && typeof value === "object" && this.moves([id, code, 1, value], value)) return
    this.frame.push(id, code, 1, value)
    if (typeof value === "object") this.composite = true
    if (++this.messages >= maxMessages) this.flush()
  }

  /** Adds a message of values that can be cloned. */
  addAll(id: number, code: number, values: ReadonlyArray<unknown>): void {
    this.frame.push(id, code, values.length, ...values)
    this.composite ||= values.some((value) => typeof value === "object")
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
    const { composite, frame, messages } = this
    const now = performance.now()
    frame[3] = Math.max(0, (now - this.since) * 1000)
    this.since = now
    this.frame = this.header()
    this.messages = 0
    this.composite = false
    try {
      this.send(frame)
      this.sent.add(composite ? (messages === 1 ? whose(frame) : frame) : undefined)
    } catch {
      this.oneByOne(Frame.split(frame, Frame.toMainHeader))
    }
  }

  private send(frame: Array<unknown>, transfer?: Array<Transferred>): void {
    this.sent.head(frame, this.read)
    this.post(frame, transfer)
  }

  private oneByOne(messages: ReadonlyArray<Array<unknown>>): void {
    const failed = new Set<unknown>()
    for (const message of messages) {
      const [id, code] = message
      // a stream has failed with an item that cannot be sent: there are no more, nor another end
      if (failed.has(id) && (code === Frame.Item || code === Frame.Succeeded || code === Frame.Failed)) continue
      if (!this.alone(message, undefined) && code === Frame.Item) failed.add(id)
    }
  }

  /** Sends a message in a frame of its own. `false` when it was refused. */
  private alone(message: Array<unknown>, transfer: Array<Transferred> | undefined): boolean {
    const isAsk = message[1] === Frame.Ask
    const [value, path]: [unknown, string] = isAsk ? [message.slice(5), "args"] : [message[3], "result"]
    const frame = [...this.header(), ...message]
    try {
      // a failed post may take the transferred values with it (Deno 2.9), so look before
      if (transfer !== undefined) check(value, path, transfer)
      this.send(frame, transfer)
      this.sent.add(whose(frame))
      return true
    } catch (error) {
      const culprit = findCulprit(value, path, new Set(transfer))
      this.refuse(message, culprit?.path ?? path, culprit?.description ?? String(error))
      return false
    }
  }

  /** The message does not reach the main side because of what is at `path`. */
  private refuse(message: ReadonlyArray<unknown>, path: string, description: string): void {
    // messages are written with numbers in these places
    const [id, code, , ask, index] = message as ReadonlyArray<number>
    if (code === Frame.Ask && id !== undefined && ask !== undefined && index !== undefined) {
      const error = new TypeError(`Cannot pass ${path} to the main side: ${description} cannot be cloned`)
      this.refused.ask(id, ask, index, error)
    } else if (code !== Frame.Item || id === undefined || !this.refused.item(id, path, description)) {
      this.sendNow(id, Frame.Unserializable, [path, description])
    }
  }

  /** Sends a line of the console, before anything else. */
  print(level: string, text: string): void {
    this.sendNow(0, Frame.Log, [level, text])
  }

  /** Sends a message of primitive values in a frame of its own. */
  private sendNow(id: number | undefined, code: number, values: ReadonlyArray<unknown>): void {
    this.send([...this.header(), id, code, values.length, ...values])
    this.sent.add(undefined)
  }

  /** A frame of the main side could not be read: it is told which one. */
  unread(error: unknown): void {
    const number = this.read + 1
    // in a frame of its own, which can be read; what was read by then is said after it
    this.sendNow(0, Frame.UnreadByWorker, [number, String(error)])
    this.read = number
  }

  /** The main side has read all frames up to the number `read`. */
  forget(read: number): void {
    this.sent.forget(read)
  }

  /** The main side could not read a frame. `false` when it cannot be so. */
  reread(number: unknown, why: unknown): boolean {
    if (!this.sent.isUnread(number) || typeof why !== "string") return false
    const frame = this.sent.take(number)
    // nothing but primitive values, and yet not read
    if (frame === undefined) {
      this.sendNow(0, Frame.Lost, [number])
      return true
    }
    const messages = Frame.split(frame, Frame.toMainHeader)
    const [first] = messages
    if (messages.length > 1) this.oneByOne(messages)
    else if (first !== undefined) this.refuse(first, first[1] === Frame.Ask ? "args" : "result", unreadable(why))
    return true
  }
}

/** What is kept of a frame with one message: a large value is not to live on for that. */
const whose = (frame: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const at = Frame.toMainHeader
  const argc = frame[at + 1] === Frame.Ask ? 2 : 0
  return [...frame.slice(0, at + 2), argc, ...frame.slice(at + 3, at + 3 + argc)]
}

const check = (value: unknown, path: string, transfer: Array<Transferred>): void => {
  const culprit = findCulprit(value, path, new Set(transfer))
  if (culprit !== undefined) throw new TypeError(culprit.description)
}
