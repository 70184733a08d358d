import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

type Request = (
  options: https.RequestOptions,
  onResponse: (response: http.IncomingMessage) => void,
) => ClientRequest;

/**
 * A `transport` for axios that holds a request back until its connection is up. Only then does `mayBeSent`
 * decide whether it is sent, because the process may be stopped during name look-up or connect, for longer than
 * its lock lives.
 */
export function heldTransport(mayBeSent: () => boolean): { readonly request: Request } {
  return {
    request(options, onResponse) {
      const { request } = options.protocol === 'https:' ? https : http;
      return held(request(options, onResponse), mayBeSent);
    },
  };
}

function held(request: ClientRequest, mayBeSent: () => boolean): ClientRequest {
  const calls: (() => unknown)[] = [];
  const [write, end] = [request.write.bind(request), request.end.bind(request)];
  request.write = (...args: unknown[]) => {
    calls.push(() => Reflect.apply(write, request, args));
    return true;
  };
  request.end = (...args: unknown[]) => {
    calls.push(() => Reflect.apply(end, request, args));
    return request;
  };
  request.once('socket', (socket) => {
    whenConnected(socket, () => {
      if (request.destroyed) return;
      if (!mayBeSent()) return void request.destroy(new Error('It is too late to send it.'));
      Object.assign(request, { write, end });
      for (const call of calls) call();
    });
  });
  return request;
}

/** Calls back at once for a connection that was used before. */
function whenConnected(
  socket: Duplex & { connecting?: boolean; secureConnecting?: boolean },
  callback: () => void,
): void {
  if (socket.secureConnecting) socket.once('secureConnect', callback);
  else if (socket.connecting) socket.once('connect', callback);
  else callback();
}
