/**
 * A short sleep outside of the event loop.
 *
 * To be woken from its event loop costs a thread more than half of what a tiny call takes on Node. So a worker that has
 * answered and runs nothing sleeps for a moment where the main side wakes it directly (`memory/Bell.ts`), and takes the
 * next frame from its port itself. It does so only where its event loop has nothing else to wait for: a worker with a
 * timer or a socket of its own never naps.
 */
import type { Atomic } from "../memory/Atomic.ts"
import * as Bell from "../memory/Bell.ts"
import type { Port } from "../wire/Port.ts"
import type { Host } from "./Host.ts"
import { soon } from "./soon.ts"

/** What a runtime knows of a thread's event loop. */
export interface EventLoop {
  /** Does it wait for what comes over troupe's own ports only? */
  readonly quiet: () => boolean
  /** Runs `run` when all microtasks have run, before anything else. */
  readonly afterMicrotasks: (run: () => void) => void
}

/**
 * Milliseconds of one nap, and so the most by which it delays what comes over another port. A timeout below the tick of
 * the system's clock (at most 4 ms) would need a timer of its own, whose setting costs more than the nap saves.
 */
const longest = 5

/** Milliseconds after which the event loop has a turn, however many frames there are, and is looked at again. */
const turn = 1

export interface NapOptions {
  readonly memory: Atomic
  readonly host: Host
  readonly take: NonNullable<Port["take"]>
  readonly loop: EventLoop
}

/** Makes what is to be called after every frame that leaves. */
export const make = ({ host, loop, memory, take }: NapOptions): (() => void) => {
  let scheduled = false
  let turned = -Infinity

  const look = (): ReturnType<typeof take> => {
    try {
      return take()
    } catch (error) {
      host.unread(error)
      return undefined
    }
  }

  const nap = (): void => {
    scheduled = false
    // what runs is waited for in the event loop
    if (host.load > 0) return
    const mark = Bell.mark(memory)
    const next = look() ?? (Bell.listen(memory, mark, longest) ? look() : undefined)
    if (next !== undefined) host.receive(next.message)
  }

  const turnAndNap = (): void => {
    turned = performance.now()
    if (loop.quiet()) nap()
    else scheduled = false
  }

  return () => {
    if (scheduled) return
    scheduled = true
    if (performance.now() - turned < turn) loop.afterMicrotasks(nap)
    else soon(turnAndNap)
  }
}
