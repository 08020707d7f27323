import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/controls.css'
import '../styles/shell.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeServices, ServicesContext } from '../work/services.ts'
import { App } from './app.tsx'
import { takeCleanedTenant } from './cleaned-address.ts'

const services = makeServices()
const cleaned = takeCleanedTenant(services)
const root = document.querySelector('#root')
if (root === null) throw new TypeError('The page has no room for the web UI')
createRoot(root).render(
  <StrictMode>
    <ServicesContext value={services}>
      <QueryClientProvider client={services.queries}>
        <App wantedTenant={cleaned} />
      </QueryClientProvider>
    </ServicesContext>
  </StrictMode>,
)
