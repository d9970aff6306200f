import { describe, expect, it } from "vitest";

import { refusedAddress } from "./address-guard.ts";

const refused = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://0/",
  "http://0.0.0.0:8080/",
  "http://10.0.0.1/",
  "http://10.255.255.255/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://192.168.257/",
  "http://169.254.169.254/latest/meta-data/",
  "http://100.64.0.1/",
  "http://100.100.100.200/",
  "http://100.127.255.255/",
  "http://168.63.129.16/",
  "http://192.0.0.192/",
  "http://192.0.2.1/",
  "http://198.18.0.1/",
  "http://198.51.100.1/",
  "http://203.0.113.9/",
  "http://224.0.0.1/",
  "http://239.255.255.250/",
  "http://240.0.0.1/",
  "http://255.255.255.255/",
  "http://１２７.０.０.１/",
  "http://127。0。0。1/",
  "http://[::1]/",
  "http://[::]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:0:10.0.0.1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::127.0.0.1]/",
  "http://[64:ff9b::a00:1]/",
  "http://[64:ff9b:1::1]/",
  "http://[2002:7f00:1::]/",
  "http://[2002:c0a8:101::1]/",
  "http://[2001::1]/",
  "http://[2001:db8::1]/",
  "http://[fe80::1]/",
  "http://[febf::1]/",
  "http://[fec0::1]/",
  "http://[fc00::1]/",
  "http://[fd00:ec2::254]/",
  "http://[ff02::1]/",
  "http://[100::1]/",
  "http://localhost/",
  "http://LOCALHOST./",
  "http://a.localhost/",
  "http://printer.local/",
  "http://metadata.google.internal/",
  "http://metadata.google.internal./",
  "http://calendar.home.arpa/",
  "http://intranet/",
  "http://nas.lan/",
  "ftp://cal.example.com/",
  "file:///etc/passwd",
  "data:text/plain,x",
];

const reached = [
  "https://cal.example.com/",
  "http://cal.example.com:8080/dav/",
  "https://8.8.8.8/",
  "https://172.15.255.255/",
  "https://172.32.0.1/",
  "https://100.63.255.255/",
  "https://100.128.0.1/",
  "https://11.0.0.1/",
  "https://223.255.255.255/",
  "https://[2606:4700::1111]/",
  "https://[::ffff:8.8.8.8]/",
  "https://[64:ff9b::808:808]/",
  "https://[2002:808:808::1]/",
  "https://localhost.example.com/",
  "https://local.example.com/",
  "https://10.example.com/",
  "https://xn--kalender-xyz.example/",
];

describe("the address guard", () => {
  it.each(refused)("refuses %s", (url) => {
    expect(refusedAddress(new URL(url), false)).toMatch(/^(Only http and https|.* is an address inside)/);
  });

  it.each(reached)("lets %s pass", (url) => {
    expect(refusedAddress(new URL(url), false)).toBeUndefined();
  });

  it("lets private addresses pass where they are allowed, and other schemes never", () => {
    expect(refusedAddress(new URL("http://127.0.0.1:5232/"), true)).toBeUndefined();
    expect(refusedAddress(new URL("http://nas.local/"), true)).toBeUndefined();
    expect(refusedAddress(new URL("ftp://cal.example.com/"), true)).toContain("ftp");
  });
});
