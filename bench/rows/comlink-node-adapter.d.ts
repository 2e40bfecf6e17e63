declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { Endpoint } from "comlink"

  const nodeEndpoint: (worker: object) => Endpoint
  export default nodeEndpoint
}
