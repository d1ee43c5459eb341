"""Contracts assembled by hand, for tests: no compiler, a few dozen bytes each."""

from __future__ import annotations

from lotwork.ingest.evm.scan import DEPOSIT_TOPIC, TRANSFER_TOPIC, WITHDRAWAL_TOPIC

CALLER, CALLVALUE, CALLDATASIZE, CALLDATALOAD, MSTORE = "33", "34", "36", "35", "52"
PUSH1, PUSH20, PUSH32 = "60", "73", "7f"
DUP1, DUP2, DUP5 = "80", "81", "84"
ADD, LT, EQ = "01", "10", "14"
JUMP, JUMPI, JUMPDEST, STOP = "56", "57", "5b", "00"
GAS, LOG2, LOG3, CALL, RETURN, REVERT = "5a", "a2", "a3", "f1", "f3", "fd"

WORD = 32


def push(number: int) -> str:
    return f"{PUSH1}{number:02x}"


def token(decimals: int) -> str:
    """Return a token that answers decimals(), and logs a Transfer for every (from, to, units) it is sent."""
    topic = TRANSFER_TOPIC.removeprefix("0x")
    head = [CALLDATASIZE, push(4), EQ, "decimals", JUMPI, push(0)]
    loop = [JUMPDEST, CALLDATASIZE, DUP2, LT, "body", JUMPI, STOP]
    body = [JUMPDEST, DUP1, push(2 * WORD), ADD, CALLDATALOAD, push(0), MSTORE]
    body += [DUP1, push(WORD), ADD, CALLDATALOAD, DUP2, CALLDATALOAD, PUSH32 + topic, push(WORD), push(0), LOG3]
    body += [push(3 * WORD), ADD, "loop", JUMP]
    answer = [JUMPDEST, push(decimals), push(0), MSTORE, push(WORD), push(0), RETURN]
    return assembled({"head": head, "loop": loop, "body": body, "decimals": answer})


def wrapper() -> str:
    """Return a wrapped coin of 18 decimals: coins it is paid it logs as WETH9 does, and pays back what it is asked."""
    deposit, withdrawal = (PUSH32 + topic.removeprefix("0x") for topic in (DEPOSIT_TOPIC, WITHDRAWAL_TOPIC))
    logged = [push(WORD), push(0), LOG2]
    head = [CALLDATASIZE, push(4), EQ, "decimals", JUMPI, CALLVALUE, "deposit", JUMPI]
    burn = [push(0), CALLDATALOAD, DUP1, push(0), MSTORE, CALLER, withdrawal, *logged]
    burn += [push(0), push(0), push(0), push(0), DUP5, CALLER, GAS, CALL, STOP]
    mint = [JUMPDEST, CALLVALUE, push(0), MSTORE, CALLER, deposit, *logged, STOP]
    answer = [JUMPDEST, push(18), push(0), MSTORE, push(WORD), push(0), RETURN]
    return assembled({"head": head, "burn": burn, "deposit": mint, "decimals": answer})


def assembled(parts: dict[str, list[str]]) -> str:
    """Return the byte code of *parts*, the name of a part in it being a push of where that part begins."""
    begins, place = {}, 0
    for name, codes in parts.items():
        begins[name] = place
        place += sum(2 if code in parts else len(code) // 2 for code in codes)
    return "0x" + "".join(push(begins[code]) if code in parts else code for codes in parts.values() for code in codes)


def transfers(*moves: tuple[str, str, int]) -> str:
    """Return the call data that has a `token` log these (from, to, units)."""
    words = (f"{sender.removeprefix('0x'):0>64}{to.removeprefix('0x'):0>64}{units:064x}" for sender, to, units in moves)
    return "0x" + "".join(words)


def forwarder(to: str) -> str:
    """Return a contract that hands on whatever coins it is paid, within the same transaction."""
    nothing = push(0) * 4
    return f"0x{nothing}{CALLVALUE}{PUSH20}{to.removeprefix('0x')}{GAS}{CALL}{STOP}"


def mute() -> str:
    """Return a contract that refuses every call."""
    return f"0x{push(0)}{push(0)}{REVERT}"
