"""The service's description, made from the table of its operations; what a plain GET of the address answers."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from .soap import NAMESPACE, OPERATIONS

RESULTS = {"authenticate": "tns:ArrayOfString", "receiveResponseXML": "s:int"}
NUMBERS = {"qbXMLMajorVers", "qbXMLMinorVers"}
_ARRAY = (
    '<s:complexType name="ArrayOfString"><s:sequence><s:element minOccurs="0" maxOccurs="unbounded" name="string" '
    'nillable="true" type="s:string"/></s:sequence></s:complexType>'
)


_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://www.w3.org/2001/XMLSchema" '
    f'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">'
    f'<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">'
)
NAME = "QBWebConnectorSvcSoap"


def describe(address: str) -> bytes:
    """The WSDL with this address."""
    types = "".join(_types(name, parameters) for name, parameters in OPERATIONS.items())
    messages, ports, bindings = ("".join(map(make, OPERATIONS)) for make in (_messages, _port, _binding))
    return (
        f"{_HEAD}{types}{_ARRAY}</s:schema></wsdl:types>{messages}"
        f'<wsdl:portType name="{NAME}">{ports}</wsdl:portType>'
        f'<wsdl:binding name="{NAME}" type="tns:{NAME}">'
        f'<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>{bindings}</wsdl:binding>'
        f'<wsdl:service name="QBWebConnectorSvc"><wsdl:port name="{NAME}" binding="tns:{NAME}">'
        f"<soap:address location={quoteattr(address)}/></wsdl:port></wsdl:service></wsdl:definitions>"
    ).encode()


def _types(name: str, parameters: tuple[str, ...]) -> str:
    fields = "".join(_field(each, "s:int" if each in NUMBERS else "s:string") for each in parameters)
    result = _field(f"{name}Result", RESULTS.get(name, "s:string"))
    return _element(name, fields) + _element(f"{name}Response", result)


def _element(name: str, fields: str) -> str:
    return f'<s:element name="{name}"><s:complexType><s:sequence>{fields}</s:sequence></s:complexType></s:element>'


def _field(name: str, kind: str) -> str:
    least = 1 if kind == "s:int" else 0
    return f'<s:element minOccurs="{least}" maxOccurs="1" name="{name}" type="{kind}"/>'


def _messages(name: str) -> str:
    pairs = ((f"{name}SoapIn", name), (f"{name}SoapOut", f"{name}Response"))
    return "".join(
        f'<wsdl:message name="{message}"><wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>'
        for message, element in pairs
    )


def _port(name: str) -> str:
    ends = f'<wsdl:input message="tns:{name}SoapIn"/><wsdl:output message="tns:{name}SoapOut"/>'
    return f'<wsdl:operation name="{name}">{ends}</wsdl:operation>'


def _binding(name: str) -> str:
    body = '<soap:body use="literal"/>'
    return (
        f'<wsdl:operation name="{name}"><soap:operation soapAction="{NAMESPACE}{name}" style="document"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"
    )
