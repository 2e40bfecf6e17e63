/**
 * Work that the model of the pool watches and directs through shared memory.
 */
import { setImmediate } from "node:timers"
import * as Adapter from "../../src/worker/Adapter.ts"
import { cells, type Ledger } from "./model.ts"

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export default Adapter.define({
  threadSafe: true,
  setup: (context, ledger: Ledger) => {
    const { crashed, peak, released, running, started } = cells(ledger)
    const me = context.worker.incarnation % running.length
    return {
      /** Runs until it is released or cancelled; throws when it is told to. */
      work: async (id: number, fails: boolean): Promise<number> => {
        const call = Adapter.call()
        Atomics.add(started, id, 1)
        const now = Atomics.add(running, me, 1) + 1
        if (now > Atomics.load(peak, 0)) Atomics.store(peak, 0, now)
        // whoever was taken from a crashed worker goes on without being counted, as a thread may that was given up
        while (Atomics.load(released, id) === 0 && !call.cancelled() && Atomics.load(crashed, me) === 0) await tick()
        Atomics.sub(running, me, 1)
        if (fails) throw new Error(`told to fail: ${id}`)
        return id
      },
      /** Ends its worker, where that is a thread. */
      crash: (): never => process.exit(3)
    }
  }
})
