import * as Adapter from "../../src/worker/Adapter.ts"

// as an adapter does that initialises a module of WebAssembly; long enough for a message to come meanwhile
await new Promise((resolve) => setTimeout(resolve, 50))

export default Adapter.define({ setup: () => ({ add: (a: number, b: number) => a + b }) })
