/** Settings of test servers: engines in their own process, or in so many hosts as a run asks for. */
export const TEST_HOSTS = { ENGINE_HOSTS: process.env.TENANTRAG_TEST_HOSTS ?? '0' }
