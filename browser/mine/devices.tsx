// The room about another device of one's own: a code with the address of this page, and the way from there.
//
// The code holds nothing else. Signing in is what makes a device somebody's, and the passphrase or the code
// what opens the words there (decision 0013).

import { useEffect, useRef } from "preact/hooks";
import { Page } from "../sitting/questions";
import { drawn } from "../page/qr";
import type { RoomProps } from "./room";
import { mine } from "./text-mine";

export function Devices({ data }: RoomProps) {
  const { devices } = mine;
  const place = useRef<HTMLDivElement>(null);
  // By plain http nothing is sealed, and this machine's own name leads nowhere else.
  const reachable = new URL(data.address, location.href).protocol === "https:";
  useEffect(() => place.current?.replaceChildren(drawn(data.address, devices.qr)), [data.address]);
  return (
    <Page title={devices.title}>
      <p>{devices.lede}</p>
      <ol>
        {devices.steps.map((step) => (
          <li>{step}</li>
        ))}
      </ol>
      {reachable ? (
        <>
          <div ref={place} />
          <p>
            {devices.address} <strong>{data.address}</strong>
          </p>
        </>
      ) : (
        <div class="card notice">
          <p>{devices.here}</p>
          <p class="links">
            <a href="/phones/">{mine.phones}</a>
          </p>
        </div>
      )}
      <p class="soft">{devices.why}</p>
      <p>
        {devices.seen}{" "}
        <span class="links">
          <a href="/account/">{devices.account}</a>
        </span>
      </p>
    </Page>
  );
}
