/** A Redis URL with a database, as applications have it; one that names a database already stays. */
export const withDatabase = (url: string): string => {
  const address = new URL(url);
  if (address.pathname === '' || address.pathname === '/') address.pathname = '/1';
  return address.href;
};
