/* The public entry `tenantrag/server`: the server below, and what makes its configuration. */

export { type Config, ConfigError, ENV_FIELDS, loadConfig, readConfig } from './config/config.ts'
export type { LogStream } from './log/log-stream.ts'
export { type AssembledServer, buildServer, type ServerOptions } from './server/build-server.ts'
export type { ServerGauges } from './server/guards/operator-gauges.ts'
export { UnfitNodeError } from './server/guards/unfit-node.ts'
export { type Server, startServer } from './server/start-server.ts'
export { TenancyError } from './tenancy/tenancy-error.ts'
export { StorageError } from './workspaces/folder/storage-folder.ts'
