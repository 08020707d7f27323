import { expect, it } from 'vitest'
import { addressIn, isPublicAddress } from '../../src/outbound/public-address.ts'

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.0.0.8', '192.168.1.1', '198.18.0.1', '224.0.0.1'],
  ...['240.0.0.1', '255.255.255.255', '203.0.113.7', '192.0.2.1', '198.51.100.9', '192.88.99.1'],
  ...['::', '::1', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '::8.8.8.8', 'fc00::1', 'fd12::1'],
  ...['fe80::1', 'fe80::1%eth0', '2606:4700::1%eth0', 'fec0::1', 'ff02::1', '64:ff9b::a00:1'],
  ...['64:ff9b::808:808', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1'],
  ...['', 'localhost', '8.8.8.8.8', '0x7f000001', '2130706433', '127.1'],
])('takes %j for no address of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each([
  ...['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1'],
  ...['192.167.1.1', '2606:4700:4700::1111', '2a00:1450::1', '2001:4860:4860::8888'],
])('takes %s for one', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it('finds the address in a URL however it is written there', () => {
  const in_ = (url: string) => addressIn(new URL(url).hostname)
  expect(in_('http://127.1/')).toBe('127.0.0.1')
  expect(in_('http://0x7f.1/')).toBe('127.0.0.1')
  expect(in_('http://2130706433/')).toBe('127.0.0.1')
  expect(in_('http://[::1]:80/')).toBe('::1')
  expect(in_('http://example.org/')).toBe(null)
})
