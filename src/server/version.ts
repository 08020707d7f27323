/** Of this program, as in `package.json`. */
export const VERSION = '0.1.0'
/** What LightRAG's clients read in `/health`, `/login` and `/auth-status`. */
export const CORE_VERSION = '1.4.9.2'
/** The version of LightRAG's API that is served. */
export const API_VERSION = '0254'
