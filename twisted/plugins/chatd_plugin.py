"""Tells C{twistd} of chatd, so that C{twistd chatd} runs it."""

from twisted.application.service import ServiceMaker

chatd = ServiceMaker("chatd", "chatd.tap", "Chat and authentication daemon", "chatd")
