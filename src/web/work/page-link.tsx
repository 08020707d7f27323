import type { MouseEvent, ReactNode } from 'react'
import { useServices } from './services.ts'

interface PageLinkProps {
  /** Path of the page, with or without a query. */
  readonly to: string
  readonly className?: string
  readonly isCurrent?: boolean
  readonly title?: string
  readonly children: ReactNode
  /** Done besides going there. */
  readonly onGo?: () => void
}

/** A link to another page: a real one, which opens in another tab as well. */
export function PageLink({
  to,
  className,
  isCurrent = false,
  title,
  children,
  onGo,
}: PageLinkProps) {
  const { address } = useServices()
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onGo?.()
    address.go(to)
  }
  return (
    <a
      href={address.href(to)}
      className={className}
      title={title}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  )
}
