export { capabilities, layer, make } from "./BunBackend.ts"
