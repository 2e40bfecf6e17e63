/**
 * Ports of `node:worker_threads` as the wire wants them.
 *
 * The wire speaks of `addEventListener`, and these ports have it; but the first event that Node makes for one loads
 * much of its web platform, which costs a worker as much again as starting it. Their own `on` hands over the bare data.
 */
import { type MessagePort, receiveMessageOnPort, type Transferable } from "node:worker_threads"
import type { Port, Transferred } from "../wire/Port.ts"

/** What a `MessagePort` and a `Worker` have in common. */
interface Emitter {
  postMessage(message: unknown, transfer?: ReadonlyArray<Transferable>): void
  on(type: string, listener: (data: unknown) => void): unknown
  off(type: string, listener: (data: unknown) => void): unknown
  start?(): void
  close?(): void
  unref(): void
}

/** Wraps `emitter`. With `background`, listening does not keep the process alive. */
export const make = (emitter: Emitter, background = false): Port => {
  const listeners = new Map<(event: { readonly data: unknown }) => void, (data: unknown) => void>()
  return {
    // the wire knows transferables structurally, node by a union of classes
    postMessage: (message, transfer) =>
      emitter.postMessage(message, transfer as ReadonlyArray<Transferable & Transferred> | undefined),
    addEventListener: (type, listener) => {
      const unwrapped = (data: unknown): void => listener({ data })
      listeners.set(listener, unwrapped)
      emitter.on(type, unwrapped)
      if (background) emitter.unref()
    },
    removeEventListener: (type, listener) => {
      const unwrapped = listeners.get(listener)
      if (unwrapped !== undefined) emitter.off(type, unwrapped)
      listeners.delete(listener)
    },
    start: () => {
      emitter.start?.()
      if (background) emitter.unref()
    },
    close: () => emitter.close?.(),
    unref: () => emitter.unref(),
    // a worker's own end is no MessagePort on every runtime: only the port of the calls is asked
    take: () => receiveMessageOnPort(emitter as MessagePort)
  }
}
