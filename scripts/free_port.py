"""Print a free TCP port of loopback, the wished one if it is free."""

import socket
import sys


def is_free(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main():
    wished = int(sys.argv[1])
    if is_free(wished):
        print(wished)
        return
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        print(sock.getsockname()[1])


if __name__ == "__main__":
    main()
