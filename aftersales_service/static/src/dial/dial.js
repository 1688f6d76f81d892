import { session } from "@web/session";
import { patch } from "@web/core/utils/patch";
import { PhoneField } from "@web/views/fields/phone/phone_field";

/**
 * What a click on a number opens: the telephone system's address where the company has
 * one, else the telephone of the user's own machine. The server has checked the address
 * and filled in the user's extension.
 */
export function getDialHref(number, template = session.aftersales_dial_url) {
    // What a person types between the digits is not dialled.
    const dialled = (number || "").replace(/[^\d+*#]/g, "");
    if (!template) {
        return `tel:${dialled}`;
    }
    let encoded = encodeURIComponent(dialled);
    if (/^(tel|sip):/i.test(template)) {
        encoded = encoded.replaceAll("%2B", "+");
    }
    return template.replaceAll("{number}", encoded);
}

patch(PhoneField.prototype, {
    get phoneHref() {
        if (!session.aftersales_dial_url) {
            return super.phoneHref;
        }
        return getDialHref(this.props.record.data[this.props.name]);
    },
});
