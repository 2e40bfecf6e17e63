import * as Adapter from "troupe/adapter"

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** Holds its worker for as long as a document took, without a core: four workers fit on any machine. */
export default Adapter.define({
  setup: () => ({
    replay: (milliseconds) => {
      Atomics.wait(nothing, 0, 0, milliseconds)
      return milliseconds
    }
  })
})
