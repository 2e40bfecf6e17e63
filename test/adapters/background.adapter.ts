import { MessageChannel } from "node:worker_threads"
import * as Adapter from "../../src/worker/Adapter.ts"

/** Ways in which an adapter goes on after its call has ended. */
export type Background = "timer" | "immediate" | "port" | "tick" | "promises"

const begin: Record<Background, (done: () => void) => void> = {
  timer: (done) => void setTimeout(done, 1),
  immediate: (done) => void setImmediate(done),
  port: (done) => {
    const { port1, port2 } = new MessageChannel()
    port2.on("message", () => {
      port2.close()
      done()
    })
    port1.postMessage("done")
  },
  tick: (done) => process.nextTick(() => process.nextTick(done)),
  promises: (done) => {
    let chain = Promise.resolve()
    for (let hop = 0; hop < 100; hop++) chain = chain.then()
    void chain.then(done)
  }
}

/** Methods that leave something to be done after they have returned. */
export default Adapter.define({
  threadSafe: true,
  setup: () => {
    let done = 0
    return {
      leave: (what: Background): void => begin[what](() => done++),
      /** How much of what was left is done. */
      done: (): number => done
    }
  }
})
