/** Which addresses a webhook may reach: those of the public internet, unless the server's settings allow others. */
import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export type Address = { readonly address: string; readonly family: 4 | 6 };
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

export const lookupAddresses: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })) as unknown as Address[];

/** IANA's special-purpose addresses that are not reachable from everywhere, and multicast. */
const closed4 = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  closed4.addSubnet(net, prefix, 'ipv4');
}

/** Of IPv6 only global unicast is open, without what stands for another address (Teredo, 6to4) or for documentation. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
const closed6 = new BlockList();
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  closed6.addSubnet(net, prefix, 'ipv6');
}

export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4');
    case 6:
      return global6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Why nothing is sent there. */
export class AddressRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AddressRefused';
  }
}

/** The addresses of a host; refused as a whole when one of them is not public. */
export async function publicAddresses(hostname: string, lookup: Lookup): Promise<readonly Address[]> {
  const addresses = await lookup(hostname);
  const closed = addresses.find(({ address }) => !isPublic(address));
  if (closed !== undefined) throw new AddressRefused(`${hostname} is at ${closed.address}, which is not public.`);
  return addresses;
}

/** What is wrong with the address of a webhook, as far as it can be told without resolving it; undefined when nothing is. */
export function flawOfUrl(text: string, { allowPrivate }: { allowPrivate: boolean }): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'It must be an address as https://example.com/path.';
  if (url.username !== '' || url.password !== '') return 'It may hold no user name and no password.';
  if (allowPrivate) return undefined;
  if (url.protocol !== 'https:') return 'It must begin with https.';
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublic(host)) return `${host} is not a public address.`;
  if (/(^|\.)localhost$/.test(host)) return `${host} is not a public name.`;
  return undefined;
}

/** Without the brackets of IPv6, and without the dot at the end that makes a name absolute. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
