import type { PermissionTable } from '../../src/tenancy/permissions.ts'
import { WITH_TENANTS, withServer } from './api-description.ts'

const stated = await withServer(
  (app) =>
    [...app.statedRoutes].map(([route, { access, described }]) => ({ route, access, described })),
  WITH_TENANTS,
)

/** What each route of the real server, with all that it can do, asks of its callers. */
export const ROUTE_PERMISSIONS: PermissionTable = Object.fromEntries(
  stated.flatMap(({ route, access }) => (access === undefined ? [] : [[route, access]])),
)

/** Those that the description of the API shows: each thing once. */
export const DESCRIBED_ROUTES: readonly string[] = stated
  .filter(({ described }) => described)
  .map(({ route }) => route)
